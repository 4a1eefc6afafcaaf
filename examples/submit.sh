#!/bin/sh
# Submits a report with curl and waits for its outcome.
#
#   TXN_URL=https://.../v1 TXN_KEY=... sh submit.sh report.csv
#
# Exit code: 0 if the report is COMPLETED, 1 if it is not, 2 if it could not be submitted.
# For reports of more than 4.5 MB, which are stored by a link, see submit.py.
set -eu

report=${1:?usage: sh submit.sh REPORT.csv}
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# Prints the status code and leaves the body in $answer. A busy API (429, 503) is asked again after its Retry-After
# seconds, for two minutes at most. The key is in a header that curl reads from its standard input: other users see a command line.
call() {
    printf 'header = "x-api-key: %s"\n' "$TXN_KEY" |
        curl --config - --silent --show-error --retry 5 --retry-max-time 120 --max-time 60 --output "$answer" --write-out '%{http_code}' "$@"
}

# The text in a field of the JSON in $answer, for fields without quotes in their text.
field() {
    sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" "$answer"
}

# The digest lets the API notice a report that was damaged on its way.
digest=$(openssl dgst -sha256 -r "$report" | cut -d ' ' -f 1)
code=$(call --form "report=@$report;type=text/csv" --form "sha256=$digest" "$TXN_URL/upload") || exit 2
case $code in
200 | 202) ;;
422)
    echo "REJECTED: correct these errors, then submit the report again:"
    # One error per line.
    sed 's/{"line"/\n{"line"/g' "$answer"
    exit 1
    ;;
*)
    echo "not submitted, the API answered $code: $(field detail)" >&2
    exit 2
    ;;
esac

upload=$(field upload_id)
status=$(field status)
wait=1
while [ "$status" != COMPLETED ] && [ "$status" != REJECTED ] && [ "$status" != FAILED ]; do
    sleep "$wait"
    # Each request counts toward the daily quota: wait longer from time to time.
    [ "$wait" -ge 30 ] || wait=$((wait + 1))
    code=$(call "$TXN_URL/uploads/$upload") || exit 2
    if [ "$code" != 200 ]; then
        echo "upload $upload: the API answered $code: $(field detail)" >&2
        exit 2
    fi
    status=$(field status)
done
echo "upload $upload: $status"
cat "$answer"
echo
[ "$status" = COMPLETED ]
