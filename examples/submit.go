// Submits a report of up to 4.5 MB with net/http, and waits for its outcome. Go 1.22 or newer; no modules.
//
//	TXN_URL=https://.../v1 TXN_KEY=... go run submit.go report.csv
//
// Exit code: 0 if the report is COMPLETED, 1 if it is not, 2 if it could not be submitted.
// For larger reports, which are stored by a link, see submit.py.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

type reportError struct {
	Line    int    `json:"line"`
	Column  string `json:"column"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// upload has some of the fields of an upload, and of a rejected report's problem document.
type upload struct {
	ID     string          `json:"upload_id"`
	Status json.RawMessage `json:"status"` // a text, or the number 422 in a problem document
	Detail string          `json:"detail"`
	Errors []reportError   `json:"errors"`
}

func (u upload) status() string {
	if text := strings.Trim(string(u.Status), `"`); text != "422" {
		return text
	}
	return "REJECTED"
}

func (u upload) ended() bool {
	return u.status() == "COMPLETED" || u.status() == "REJECTED" || u.status() == "FAILED"
}

var client = &http.Client{Timeout: 60 * time.Second}

// send sends a request; a busy API is asked again when it says.
func send(method, path, contentType string, body []byte) (upload, error) {
	for left := 4; ; left-- {
		request, err := http.NewRequest(method, os.Getenv("TXN_URL")+"/"+path, bytes.NewReader(body))
		if err != nil {
			return upload{}, err
		}
		request.Header.Set("x-api-key", os.Getenv("TXN_KEY"))
		if contentType != "" {
			request.Header.Set("Content-Type", contentType)
		}
		response, err := client.Do(request)
		if err != nil {
			return upload{}, err
		}
		content, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			return upload{}, err
		}
		var answer upload
		if err := json.Unmarshal(content, &answer); err != nil {
			return upload{}, fmt.Errorf("the API answered %d without JSON: %w", response.StatusCode, err)
		}
		// A used-up quota asks for an hour, and what no repetition helps for nothing.
		wait, waitErr := strconv.Atoi(response.Header.Get("Retry-After"))
		switch code := response.StatusCode; {
		case code < 300 || code == http.StatusUnprocessableEntity:
			return answer, nil
		case left > 0 && (code == 409 || code == 429 || code == 503) && waitErr == nil && wait <= 60:
			time.Sleep(time.Duration(wait) * time.Second)
		default:
			return upload{}, fmt.Errorf("the API answered %d: %s", code, answer.Detail)
		}
	}
}

func submit(path string) (upload, error) {
	report, err := os.ReadFile(path)
	if err != nil {
		return upload{}, err
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	// The digest lets the API notice a report that was damaged on its way. A buffer cannot fail to be written to.
	_ = form.WriteField("sha256", fmt.Sprintf("%x", sha256.Sum256(report)))
	part, _ := form.CreateFormFile("report", filepath.Base(path))
	_, _ = part.Write(report)
	_ = form.Close()
	return send(http.MethodPost, "upload", form.FormDataContentType(), body.Bytes())
}

func follow(u upload) (upload, error) {
	var err error
	for wait := time.Second; err == nil && !u.ended(); wait = min(wait*3/2, 30*time.Second) {
		time.Sleep(wait) // each request counts toward the daily quota
		u, err = send(http.MethodGet, "uploads/"+u.ID, "", nil)
	}
	return u, err
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: TXN_URL=... TXN_KEY=... go run submit.go REPORT.csv")
		os.Exit(2)
	}
	u, err := submit(os.Args[1])
	if err == nil {
		u, err = follow(u)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "not submitted:", err)
		os.Exit(2)
	}
	for _, each := range u.Errors {
		fmt.Printf("line %d, %s: %s [%s]\n", each.Line, each.Column, each.Message, each.Code)
	}
	fmt.Printf("upload %s: %s\n", u.ID, u.status())
	if u.status() != "COMPLETED" {
		os.Exit(1)
	}
}
