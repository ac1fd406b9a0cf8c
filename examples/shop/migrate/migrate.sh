# The migration: fills an empty store, leaves a filled one alone. Runs at every `up`, and so must not mind running twice.
. /lib/shop/http.sh

version=$(get store /cgi-bin/store/version) || version=0
echo "the store's data has version $version"
if [ "$version" -lt 1 ]; then
  post store /cgi-bin/store/products "$(cat /srv/products.csv)" || exit 1
  post store /cgi-bin/store/version 1 || exit 1
  echo "migrated to version 1: $(get store /cgi-bin/store/products | grep -c .) products"
fi
