#!/bin/sh
# Becomes a host of its own: run in network, mount and UTS namespaces, it makes folders that are nobody else's, and
# starts sshd and, if it is wanted, libvirtd. What is written to stays in `$base`.
#   enter-host.sh BASE NAME CHECKOUT LIBVIRT KVM ABSENT...
set -eu
base=$1 name=$2 checkout=$3 libvirt=$4 kvm=$5
shift 5

hostname "$name"
mount -t tmpfs nephos-host "$base/own"
for folder in etc var usr root; do
  mkdir -p "$base/own/$folder/upper" "$base/own/$folder/work"
  mount -t overlay nephos-host "/$folder" \
    -o "lowerdir=/$folder,upperdir=$base/own/$folder/upper,workdir=$base/own/$folder/work"
done
mount -t tmpfs nephos-host /run
mount -t tmpfs nephos-host /opt
# A device that is there and is of no use: found out at once.
[ "$kvm" = real ] || mount --bind /dev/null /dev/kvm
# A host knows nothing of where Nephos was built.
mount -t tmpfs nephos-host "$checkout"
rm -rf /etc/nephos /var/lib/nephos /var/lib/nephos-agent "$@"
mkdir -p /run/sshd /run/libvirt

echo "127.0.1.1 $name" >>/etc/hosts
usermod --password "$(cat "$base/password-hash")" root
useradd --no-user-group --no-create-home --home-dir / --shell /bin/sh --password "$(cat "$base/password-hash")" operator
useradd --no-user-group --no-create-home --home-dir / --shell /bin/sh --password "$(cat "$base/password-hash")" visitor
mkdir -p /etc/sudoers.d /etc/ssh/keys
echo 'operator ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/operator
chmod 440 /etc/sudoers.d/operator
for user in root operator; do cp "$base/user-key.pub" "/etc/ssh/keys/$user"; done
/usr/sbin/sshd -f "$base/sshd_config"

[ "$libvirt" = libvirt ] || exec sleep infinity
rm -rf /etc/libvirt
cp -r "$base/libvirt" /etc/libvirt
shift $#
exec /usr/bin/perl -e "$(cat "$base/reaper")" -- libvirtd --pid-file /run/libvirt/libvirtd.pid
