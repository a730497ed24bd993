#!/bin/sh
# Installs the Nephos agent on this host, on Debian, Ubuntu and the like. The server fills in what stands between
# two @ signs. Its one argument is a folder with the file `header`, which holds the enrolment token.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077
folder=$1
server='@console@'
trap 'rm -rf "$folder"' EXIT

fail() { echo "nephos: $1" >&2; exit 1; }

[ "$(id -u)" = 0 ] || fail 'run this as root'
[ "$(uname -m)" = '@architecture@' ] || fail 'the server has an agent for @architecture@ only'
[ ! -e /etc/nephos/installation ] || fail "an agent is installed here already ($(cat /etc/nephos/installation)); to remove it: sh /opt/nephos/current/agent-service.sh uninstall"
for tool in ip nft iptables ebtables dnsmasq qemu-img qemu-system-x86_64; do
  command -v $tool >/dev/null || fail "$tool is missing; on Debian and Ubuntu: apt-get install -y --no-install-recommends qemu-system-x86 qemu-utils libvirt-daemon-system libvirt-daemon-config-nwfilter dnsmasq-base iproute2 nftables iptables ebtables ipxe-qemu openssl"
done
socket=
for each in /run/libvirt/libvirt-sock /run/libvirt/virtqemud-sock; do
  if [ -z "$socket" ] && [ -S $each ]; then socket=$each; fi
done
[ -n "$socket" ] || fail 'libvirt does not run: systemctl enable --now libvirtd'

# What was fetched is what the server meant, whatever lies in between.
fetch() {
  curl -fsS -H "@$folder/header" -o "$3.new" "$server/agent/$1" || fail "$1 could not be fetched from $server"
  echo "$2  $3.new" | sha256sum --check --quiet || fail "$1 is not what the server has"
  mv "$3.new" "$3"
}

echo 'nephos: fetching the agent'
(
  umask 022
  mkdir -p /opt/nephos/agent-@build@ /opt/nephos/node-@nodeVersion@
  fetch node @nodeSha256@ /opt/nephos/node-@nodeVersion@/node
  fetch nephos-agent.mjs @programSha256@ /opt/nephos/agent-@build@/nephos-agent.mjs
  fetch agent-service.sh @serviceSha256@ /opt/nephos/agent-@build@/agent-service.sh
  chmod 755 /opt/nephos/node-@nodeVersion@/node /opt/nephos/agent-@build@/agent-service.sh
  ln -sfn ../node-@nodeVersion@/node /opt/nephos/agent-@build@/node
  ln -sfn agent-@build@ /opt/nephos/current
)
mkdir -p /etc/nephos /var/lib/nephos-agent
cat >/etc/nephos/agent.env <<END
NEPHOS_SERVER_URL='@agents@'
NEPHOS_AGENT_FOLDER='/var/lib/nephos-agent'
NEPHOS_ENROLMENT_TOKEN_FILE='/etc/nephos/token'
NEPHOS_LIBVIRT_SOCKET='$socket'
END
sed 's/^Authorization: Bearer //' "$folder/header" >/etc/nephos/token
echo 'by hand' >/etc/nephos/installation
sh /opt/nephos/current/agent-service.sh start

echo 'nephos: enrolling'
tries=0
until [ -e /var/lib/nephos-agent/identity.json ]; do
  tries=$((tries + 1))
  [ $tries -lt 120 ] || { sh /opt/nephos/current/agent-service.sh log >&2; fail 'the agent did not enrol; its last words are above'; }
  sleep 0.5
done
rm -f /etc/nephos/token
/opt/nephos/current/node -e '
  const { certificate } = JSON.parse(require("node:fs").readFileSync("/var/lib/nephos-agent/identity.json"));
  console.log(new (require("node:crypto").X509Certificate)(certificate).subject.slice(3));' >/etc/nephos/installation
echo "nephos: enrolled as $(cat /etc/nephos/installation); add it to a cluster now, in the console under Hosts"
