#!/usr/bin/env bash
# Apache CXF, made from our server's own contract, in WS and EC2 over TLS: its client against our server, and our commands against
# its server. CXF reads the policies, and makes and checks passwords, times, signatures and sessions by them (WSS4J), so
# that a mistake that our two sides share would show. Needs a JDK of 17 or newer, Maven and curl, and Maven Central for what is
# not in Maven's cache yet. Uses loopback only.
. "$(dirname "$0")/../common.sh"

export KEYSTORE_PASSWORD=keystore-demo
nowhere=00000000-0000-4000-8000-000000000000
bindings=(ws ec2)
for tool in mvn javac keytool curl go; do
	command -v "$tool" >/dev/null || fail "$tool is not installed; on Debian: apt-get install maven openjdk-17-jdk-headless curl"
done

# store FILE FLAG...: keytool on a keystore.
store() { quiet keytool "${@:2}" -storetype PKCS12 -keystore "$1" -storepass "$KEYSTORE_PASSWORD"; }

step "CXF"
cp -r "$here/pom.xml" "$here/src" "$work"
quiet mvn -B -f "$work/pom.xml" compile dependency:build-classpath -Dmdep.outputFile="$work/classpath"
# One of the programs here, which believes our server's root. No function: what is started is to be what is stopped.
java=(java -cp "$work/target/classes:$(cat "$work/classpath")"
	-Dorg.apache.cxf.Logger=org.apache.cxf.common.logging.Slf4jLogger "-Djava.io.tmpdir=$work"
	"-Djavax.net.ssl.trustStore=$work/roots.p12" "-Djavax.net.ssl.trustStorePassword=$KEYSTORE_PASSWORD")

step "our server, with two users who have one certificate"
build
certificate() { "$ours" serve make-certificate "$work/$1" --party "$sender" --certificate-password-env KEYSTORE_PASSWORD | tail -n 1; }
known=$(certificate enterprise.p12)
certificate stranger.p12 >/dev/null
user() {
	printf '[[user]]\nname = "%s"\npassword_hash = "%s"\n' "$1" "$("$ours" serve hash-password <<<"$2")"
	printf 'rights = [{ party = "%s", send = true, receive = true }]\n%s\n' "$3" "$known"
}
{
	user avsender "$SENDER_PASSWORD" "$sender"
	user mottaker "$RECIPIENT_PASSWORD" "$recipient"
} >"$work/server.toml"
start "$work/serve.log" '^listening on' \
	"$ours" serve --addr 127.0.0.1:0 --data "$work/store" --tls-self-signed --config "$work/server.toml"
base=$(address "$work/serve.log")
store "$work/roots.p12" -importcert -noprompt -alias ours -file "$work/store/tls-ca.pem"

# Sizes around the buffers of both sides, one far beyond any, and content that looks like a delimiter and ends in what could
# begin one. A service takes what begins like this for a ZIP.
mkdir "$work/files"
for size in 5 4096 65535 65536 65537 $((16 << 20)); do
	make_zip "$size" "$work/files/$size.zip"
done
printf 'PK\003\004\r\n--\r\n--uuid:\r\n\r\r\n-\r' >"$work/files/dashes.zip"
files=("$work"/files/*.zip)

for binding in "${bindings[@]}"; do
	step "CXF client, our server, $binding"
	"${java[@]}" Client "$base" "$binding" "$work/enterprise.p12" "$work/stranger.p12" "${files[@]}"
	[ ! -e "$work/files/none" ] || fail "a fault left a file"
done

step "CXF server, with our contracts"
mkdir "$work/contracts" "$work/far"
for name in "" Streamed EC2 EC2Streamed; do
	curl -sS --fail --cacert "$work/store/tls-ca.pem" "$base/ServiceEngineExternal/BrokerServiceExternal$name.svc?wsdl" |
		# QUIRK: CXF's own service of sessions fails under the policy of MTOM; the server sends MTOM without being told by it.
		sed 's#<wsoma:OptimizedMimeSerialization/>##' >"$work/contracts/BrokerServiceExternal$name.wsdl"
done
store "$work/tls.p12" -genkeypair -alias tls -keyalg RSA -keysize 2048 -dname CN=127.0.0.1 -ext san=ip:127.0.0.1
store "$work/tls.p12" -exportcert -rfc -alias tls -file "$work/tls.pem"
store "$work/enterprise.p12" -exportcert -rfc -alias 1 -file "$work/enterprise.pem"
store "$work/trusted.p12" -importcert -noprompt -alias enterprise -file "$work/enterprise.pem"
port=$(free_port)
start "$work/far.log" '^listening' \
	"${java[@]}" Server "$port" "$work/contracts" "$work/far" "$work/tls.p12" "$work/trusted.p12"
base=https://127.0.0.1:$port

# Our command as each of the two users, at $base, in $binding.
at() {
	local flags=(--endpoint "$base" --ca "$work/tls.pem" --binding "$binding")
	if [ "$binding" = ec2 ]; then
		flags+=(--certificate "$work/${keystore:-enterprise.p12}" --certificate-password-env KEYSTORE_PASSWORD)
	fi
	"$ours" "$1" "${flags[@]}" "${@:2}"
}
avsender() { at "$1" "${as_sender[@]}" "${@:2}"; }
mottaker() { at "$1" "${as_recipient[@]}" "${@:2}"; }

for binding in "${bindings[@]}"; do
	step "our commands, CXF server, $binding"
	quiet avsender send "${service[@]}" --to "$recipient" "${files[@]}"
	mkdir "$work/in-$binding"
	quiet mottaker receive "${service[@]}" --out "$work/in-$binding"
	for file in "${files[@]}"; do
		same "$file" "$work/in-$binding/$(basename "$file")"
	done
	expect 0 'nothing waits' mottaker receive "${service[@]}" --out "$work/in-$binding"
	say "${#files[@]} files sent, received and confirmed"
	expect 5 40212 mottaker download "$nowhere" -o "$work/none"
	expect 5 40212 avsender upload "$nowhere" "${files[0]}"
	[ ! -e "$work/none" ] || fail "a fault left a file"
	say "faults end in their exit codes"
done

step "what CXF must refuse, so that its consent means something"
binding=ws
SENDER_PASSWORD=wrong expect 12 FailedAuthentication avsender send --again "${service[@]}" --to "$recipient" "${files[0]}"
binding=ec2
SENDER_PASSWORD=wrong expect 12 'code 5' avsender send --again "${service[@]}" --to "$recipient" "${files[0]}"
keystore=stranger.p12 expect 12 'No trusted certs found' avsender send --again "${service[@]}" --to "$recipient" "${files[0]}"
say "a wrong password, and a certificate that it does not trust"

echo "$interop: all passed in $SECONDS s"
