#!/bin/sh
# Runs the Nephos agent of this host: as a systemd unit or, where systemd does not run, as a daemon of its own.
#   agent-service.sh start | stop | status | log | uninstall
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077

program=/opt/nephos
state=/var/lib/nephos-agent
settings=/etc/nephos
unit=/etc/systemd/system/nephos-agent.service
pidfile=$state/agent.pid
log=$state/agent.log
longest_log=10000000

has_systemd() { [ -d /run/systemd/system ]; }

# The supervisor, if it is alive and really ours: the ids of processes are used again.
supervisor() {
  pid=$(cat "$pidfile" 2>/dev/null) && [ -n "$pid" ] || return 1
  tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q 'agent-service.sh supervise' || return 1
  echo "$pid"
}

# The DHCP servers of the guests' networks are children of the agent and outlive it: only the agent itself is ended.
write_unit() {
  cat >"$unit" <<END
[Unit]
Description=Nephos host agent
After=network-online.target libvirtd.service virtqemud.service
Wants=network-online.target

[Service]
EnvironmentFile=$settings/agent.env
ExecStart=$program/current/node $program/current/nephos-agent.mjs
Restart=always
RestartSec=2
KillMode=process

[Install]
WantedBy=multi-user.target
END
  chmod 644 "$unit"
  systemctl daemon-reload
  systemctl enable --quiet nephos-agent
}

start() {
  mkdir -p "$state"
  if has_systemd; then
    write_unit
    systemctl restart nephos-agent
    return
  fi
  stop
  : >"$pidfile"
  setsid sh "$program/current/agent-service.sh" supervise </dev/null >/dev/null 2>&1 &
  tries=0
  until supervisor >/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 50 ] || { echo 'the agent could not be started' >&2; exit 1; }
    sleep 0.1
  done
}

# Starts the agent again whenever it ends, and keeps its log short.
supervise() {
  echo $$ >"$pidfile"
  cd /
  # QEMU and dnsmasq, which are not root, read what the agent writes for them.
  umask 022
  set -a
  . "$settings/agent.env"
  set +a
  agent=
  nap=
  trap 'leave' TERM INT
  while :; do
    "$program/current/node" "$program/current/nephos-agent.mjs" >>"$log" 2>&1 </dev/null &
    agent=$!
    while kill -0 "$agent" 2>/dev/null; do
      rest
      [ "$(wc -c <"$log")" -lt $longest_log ] || : >"$log"
    done
    rest
  done
}

rest() {
  sleep 2 &
  nap=$!
  wait "$nap" || true
}

leave() {
  trap '' TERM INT
  kill "$nap" 2>/dev/null || true
  kill "$agent" 2>/dev/null || true
  tries=0
  while kill -0 "$agent" 2>/dev/null && [ $tries -lt 80 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
  kill -9 "$agent" 2>/dev/null || true
  rm -f "$pidfile"
  exit 0
}

stop() {
  if has_systemd; then
    [ ! -e "$unit" ] || systemctl stop nephos-agent
    return
  fi
  pid=$(supervisor) || return 0
  kill "$pid"
  tries=0
  while supervisor >/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 120 ] || { kill -9 "$pid"; break; }
    sleep 0.1
  done
}

status() {
  if has_systemd; then
    systemctl is-active --quiet nephos-agent
  else
    supervisor >/dev/null
  fi
}

show_log() {
  if has_systemd; then
    journalctl --unit nephos-agent --lines 20 --output cat --no-pager
  else
    tail -n 20 "$log" 2>/dev/null || true
  fi
}

# Ends what the agent left running for guests, and removes the bridges that it made.
remove_networks() {
  for file in /run/nephos/dhcp/*/pid; do
    [ -e "$file" ] || continue
    pid=$(cat "$file")
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != dnsmasq ] || kill "$pid"
  done
  for file in /sys/class/net/*/ifalias; do
    [ "$(cat "$file" 2>/dev/null)" = 'made by nephos' ] || continue
    ip link delete dev "$(basename "$(dirname "$file")")"
  done
  ! command -v virsh >/dev/null || virsh --quiet nwfilter-undefine nephos-guest >/dev/null 2>&1 || true
  rm -rf /run/nephos
}

uninstall() {
  stop
  if [ -e "$unit" ]; then
    systemctl disable --quiet nephos-agent
    rm -f "$unit"
    systemctl daemon-reload
  fi
  remove_networks
  rm -rf "$program" "$settings" "$state"
}

case ${1:-} in
start | stop | status | supervise | uninstall) "$1" ;;
log) show_log ;;
*)
  echo "usage: $0 start | stop | status | log | uninstall" >&2
  exit 2
  ;;
esac
