#!/bin/sh
# The page: what the api says, as HTML.
. /lib/shop/http.sh

if ! products=$(get api /cgi-bin/products); then
  printf 'Status: 502 Bad Gateway\r\nContent-Type: text/plain\r\n\r\nthe api does not answer\n'
  exit
fi
printf 'Status: 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n'
cat << HTML
<!doctype html>
<title>$SHOP_NAME</title>
<h1>$SHOP_NAME</h1>
<ul>
$(echo "$products" | sed -n 's/.*"name":"\([^"]*\)","price":"\([^"]*\)".*/<li>\1: \2<\/li>/p')
</ul>
HTML
