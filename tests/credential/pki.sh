#!/bin/sh
# SPDX-License-Identifier: MIT
#
# pki.sh DIR: makes certificates for the tests in DIR, which is new:
#
#   root.pem, tsa-root.pem                 whom to trust
#   es256 es384 es512 ps256 ps384 ps512 ed25519 (.key, .pem: the chain)
#   expired, early, unfit, general, weak   those that may not sign claims now
#   other.key                              a key that belongs to none of them
#   tsa.cnf                                for openssl ts
set -eu

[ $# -eq 1 ] || { echo 'usage: pki.sh DIR' >&2; exit 2; }
mkdir -- "$1"
cd -- "$1"

section() {
  printf '[%s]\nbasicConstraints=critical,%s\nkeyUsage=critical,%s\nsubjectKeyIdentifier=hash\n' "$1" "$2" "$3"
  [ "$1" = top ] || echo 'authorityKeyIdentifier=keyid:always'
  [ -z "${4:-}" ] || echo "extendedKeyUsage=$4"
}
{
  printf '[req]\ndistinguished_name=name\n[name]\n'
  section top CA:TRUE keyCertSign,cRLSign
  section middle CA:TRUE,pathlen:0 keyCertSign,cRLSign
  section signer CA:FALSE digitalSignature 1.3.6.1.4.1.62558.2.1,emailProtection
  section unfit CA:FALSE digitalSignature serverAuth
  section general CA:FALSE digitalSignature anyExtendedKeyUsage
  section stamper CA:FALSE digitalSignature critical,timeStamping
} >extensions.cnf

key() { # KIND NAME
  case $1 in
    p*) openssl genpkey -quiet -algorithm EC -pkeyopt "ec_paramgen_curve:P${1#p}" -out "$2.key" ;;
    rsa*) openssl genpkey -quiet -algorithm RSA -pkeyopt "rsa_keygen_bits:${1#rsa}" -out "$2.key" ;;
    *) openssl genpkey -quiet -algorithm "$1" -out "$2.key" ;;
  esac
}

top() { # NAME
  key p-256 "$1"
  openssl req -x509 -new -key "$1.key" -sha256 -days 3650 -subj "/O=Enliven tests/CN=Enliven test $1" \
    -config extensions.cnf -extensions top -out "$1.pem"
}

# NAME SECTION ABOVE, and further words for openssl ca: a certificate for NAME.key.
certify() {
  name=$1 section=$2 above=$3
  shift 3
  openssl req -new -key "$name.key" -subj "/O=Enliven tests/CN=Enliven test $name" -config extensions.cnf \
    -out "$name.csr"
  [ -f "$above.index" ] || : >"$above.index"
  cat >"$above.cnf" <<CA
[ca]
default_ca=here
[here]
database=$above.index
new_certs_dir=.
rand_serial=yes
policy=any
default_md=sha256
unique_subject=no
[any]
organizationName=supplied
commonName=supplied
CA
  openssl ca -batch -notext -config "$above.cnf" -cert "$above.pem" -keyfile "$above.key" -in "$name.csr" \
    -extfile extensions.cnf -extensions "$section" -out "$name.leaf" "$@" 2>ca.log || { cat ca.log >&2; exit 1; }
  if [ "$above" = middle ]; then cat "$name.leaf" middle.pem >"$name.pem"; else mv "$name.leaf" "$name.pem"; fi
}

top root
key p-256 middle
certify middle middle root -days 3000
for pair in es256:p-256 es384:p-384 es512:p-521 ps256:rsa2048 ps384:rsa3072 ps512:rsa4096 ed25519:ED25519; do
  key "${pair#*:}" "${pair%:*}"
  certify "${pair%:*}" signer middle -days 365
done
for name in expired early unfit general other; do key p-256 "$name"; done
key rsa1024 weak
certify expired signer middle -startdate 20200101000000Z -enddate 20210101000000Z
certify early signer middle -startdate 20900101000000Z -enddate 20910101000000Z
certify unfit unfit middle -days 365
certify general general middle -days 365
certify weak signer middle -days 365

top tsa-root
key p-256 tsa
certify tsa stamper tsa-root -days 365
echo 01 >tsa.serial
cat >tsa.cnf <<TSA
[tsa]
default_tsa=here
[here]
serial=tsa.serial
crypto_device=builtin
signer_cert=tsa.pem
certs=tsa-root.pem
signer_key=tsa.key
signer_digest=sha256
default_policy=1.2.3.4.1
digests=sha256,sha384,sha512
ess_cert_id_alg=sha256
TSA
