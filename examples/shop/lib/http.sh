# HTTP in three lines of shell: `get HOST PATH` prints the body; `post HOST PATH TEXT` prints nothing. Both fail unless the answer is 2xx.
request() { printf '%s' "$2" | nc "$1" 80 | { IFS=' ' read -r _ status _ && sed '1,/^\r*$/d' && [ "${status#2}" != "$status" ]; }; }
get() { request "$1" "GET $2 HTTP/1.0"$'\r\n\r\n'; }
post() { request "$1" "POST $2 HTTP/1.0"$'\r\n'"Content-Length: ${#3}"$'\r\n\r\n'"$3" > /dev/null; }
