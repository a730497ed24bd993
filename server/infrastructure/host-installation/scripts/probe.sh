# Looks at a machine that is to become a host, and changes nothing. Writes one `name=value` a line; what is to be
# thought of it is decided by host-checks.ts. `$server_host` and `$server_port` are set by whoever sends this.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL=C
umask 077
tell() { printf '%s=%s\n' "$1" "$2"; }
first_line() { head -n 1 | tr -d '\r'; }

tell now "$(date +%s.%N)"
tell uid "$(id -u)"
tell hostname "$(hostname)"
tell operatingSystem "$( . /etc/os-release 2>/dev/null && printf '%s' "$PRETTY_NAME")"
tell kernel "$(uname -sr)"
tell architecture "$(uname -m)"
tell cpuFlags "$(grep -m 1 -ow -e vmx -e svm /proc/cpuinfo)"
tell memoryTotalKib "$(sed -n 's/^MemTotal: *\([0-9]*\).*/\1/p' /proc/meminfo)"
tell memoryFreeKib "$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)"
tell programFreeKib "$(df -Pk /opt 2>/dev/null | sed -n '2s/^[^ ]* *[0-9]* *[0-9]* *\([0-9]*\).*/\1/p')"
tell stateFreeKib "$(df -Pk /var/lib 2>/dev/null | sed -n '2s/^[^ ]* *[0-9]* *[0-9]* *\([0-9]*\).*/\1/p')"
for tool in ip nft iptables ebtables dnsmasq qemu-img; do
  command -v "$tool" >/dev/null || tell missingTool "$tool"
done
for bridge in /sys/class/net/*/bridge; do
  [ ! -d "$bridge" ] || tell bridge "$(basename "$(dirname "$bridge")")"
done

# Whose agent is installed: as its certificate says, or while it has none, as whoever installed it noted.
read_certificate='const { certificate } = JSON.parse(require("node:fs").readFileSync("/var/lib/nephos-agent/identity.json"));
  console.log(new (require("node:crypto").X509Certificate)(certificate).subject.slice(3));'
tell installation "$(/opt/nephos/current/node -e "$read_certificate" 2>/dev/null || cat /etc/nephos/installation 2>/dev/null)"

for daemon in libvirtd virtqemud; do
  ! command -v $daemon >/dev/null || { tell libvirt "$($daemon --version 2>/dev/null | first_line)"; break; }
done
qemu=qemu-system-x86_64
! command -v $qemu >/dev/null || tell qemu "$($qemu --version 2>/dev/null | first_line)"

# A call that needs no login, AUTH_LIST, as libvirt's own clients begin: whoever answers it is alive.
ask_libvirt='use IO::Socket::UNIX; alarm 5;
  my $socket = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "$!\n";
  print $socket pack("N7", 28, 0x20008086, 1, 66, 0, 0, 0); $socket->flush;
  read($socket, my $answer, 4) == 4 or die "no answer\n";'
for socket in /run/libvirt/libvirt-sock /run/libvirt/virtqemud-sock; do
  [ -S "$socket" ] || continue
  tell socket "$socket"
  if ! command -v perl >/dev/null; then
    tell socketState untried
  elif complaint=$(perl -e "$ask_libvirt" "$socket" 2>&1); then
    tell socketState answers
    break
  else
    tell socketState "$(printf '%s' "$complaint" | first_line)"
  fi
done

if [ -n "$server_host" ]; then
  if ! command -v bash >/dev/null; then
    tell serverReach untried
  elif complaint=$(timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$server_host" "$server_port" 2>&1); then
    tell serverReach yes
  else
    tell serverReach "$(printf '%s' "${complaint:-no answer within 5 s}" | tail -n 1)"
  fi
fi

# A device file is no proof of KVM: on some machines such a guest never runs. This one ends QEMU at once, with 85.
if [ ! -e /dev/kvm ]; then
  tell kvm absent
elif command -v $qemu >/dev/null; then
  folder=$(mktemp -d)
  printf '\260\052\346\364\364' >"$folder/boot.img"
  truncate -s 1474560 "$folder/boot.img"
  printf '\125\252' | dd of="$folder/boot.img" bs=1 seek=510 conv=notrunc 2>/dev/null
  status=0
  timeout -s KILL 4 $qemu -accel kvm -cpu host -machine pc -m 16 -nodefaults -display none -no-reboot \
    -device isa-debug-exit,iobase=0xf4,iosize=0x01 -drive "file=$folder/boot.img,format=raw,if=floppy" \
    </dev/null >/dev/null 2>&1 || status=$?
  rm -rf "$folder"
  if [ $status = 85 ]; then tell kvm works; else tell kvm broken; fi
fi
tell end yes
