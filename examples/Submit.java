// Submits a report of up to 4.5 MB with java.net.http, and waits for its outcome. Java 17 or newer; no packages.
//
//   TXN_URL=https://.../v1 TXN_KEY=... java Submit.java report.csv
//
// Exit code: 0 if the report is COMPLETED, 1 if it is not, 2 if it could not be submitted.
// For larger reports, which are stored by a link, see submit.py.
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

public class Submit {
    private static final Set<String> ENDED = Set.of("COMPLETED", "REJECTED", "FAILED");
    /** Statuses after which the same request may be sent again. */
    private static final Set<Integer> BUSY = Set.of(409, 429, 503);

    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private static final String URL = System.getenv("TXN_URL");
    private static final String KEY = System.getenv("TXN_KEY");

    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length != 1 || URL == null || KEY == null) {
            System.err.println("usage: TXN_URL=... TXN_KEY=... java Submit.java REPORT.csv");
            System.exit(2);
        }
        try {
            HttpResponse<String> answer = submit(Path.of(arguments[0]));
            long wait = 1000;
            while (answer.statusCode() != 422 && !ENDED.contains(field(answer, "status"))) {
                Thread.sleep(wait);
                wait = Math.min(wait * 3 / 2, 30_000); // each request counts toward the daily quota
                answer = send(to("uploads/" + field(answer, "upload_id")).GET().build());
            }
            String status = answer.statusCode() == 422 ? "REJECTED" : field(answer, "status");
            System.out.println("upload " + field(answer, "upload_id") + ": " + status);
            System.out.println(answer.body().replace("{\"line\"", "\n{\"line\"")); // one error per line
            System.exit(status.equals("COMPLETED") ? 0 : 1);
        } catch (IOException | GeneralSecurityException error) {
            System.err.println("not submitted: " + error);
            System.exit(2);
        }
    }

    private static HttpResponse<String> submit(Path report)
            throws IOException, InterruptedException, GeneralSecurityException {
        byte[] content = Files.readAllBytes(report);
        // The digest lets the API notice a report that was damaged on its way.
        String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        String boundary = UUID.randomUUID().toString();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(part(boundary, "sha256", ""));
        body.writeBytes(text(digest + "\r\n"));
        String name = report.getFileName().toString().replace("\"", "_");
        String type = "; filename=\"" + name + "\"\r\nContent-Type: text/csv";
        body.writeBytes(part(boundary, "report", type));
        body.writeBytes(content);
        body.writeBytes(text("\r\n--" + boundary + "--\r\n"));
        return send(to("upload")
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                .build());
    }

    private static byte[] part(String boundary, String name, String more) {
        return text("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"" + more + "\r\n\r\n");
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(URL + "/" + path))
                .timeout(Duration.ofSeconds(60))
                .header("x-api-key", KEY);
    }

    /** The answer to a request; a busy API is asked again when it says. */
    private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        for (int left = 4; ; left--) {
            HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() < 300 || answer.statusCode() == 422) {
                return answer;
            }
            // A used-up quota asks for an hour, and what no repetition helps for nothing.
            long wait = answer.headers().firstValueAsLong("retry-after").orElse(Long.MAX_VALUE);
            if (!BUSY.contains(answer.statusCode()) || left == 0 || wait > 60) {
                throw new IOException("the API answered " + answer.statusCode() + ": " + answer.body());
            }
            Thread.sleep(1000 * wait);
        }
    }

    /** A text in the answer's JSON; Java's own library has no JSON parser. */
    private static String field(HttpResponse<String> answer, String name) {
        var found = Pattern.compile("\"" + name + "\": *\"([^\"]*)\"").matcher(answer.body());
        return found.find() ? found.group(1) : "";
    }
}
