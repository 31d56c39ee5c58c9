#!/bin/sh
# The SSH server for tests of how parties come in: only ever started in a throw-away machine.
#
#   sshd.sh install    installs the package when it is missing, and says so
set -eu

# Tests that need it begin at the same time: one installs it, the others wait.
[ "${INSTALLING:-}" = yes ] || INSTALLING=yes exec flock /tmp/happyflow-install sh "$0" "$@"
[ "${1:-}" = install ] || { sed -n 2,4p "$0" >&2; exit 2; }
[ -x /usr/sbin/sshd ] && exit 0
command -v apt-get >/dev/null || {
    echo "no SSH server found: install openssh-server" >&2
    exit 1
}
echo "sshd is missing: installing openssh-server" >&2
# The service of the package itself is not started.
policy=/usr/sbin/policy-rc.d
made=no
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made=yes
fi
DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends openssh-server >&2 || {
    apt-get -o DPkg::Lock::Timeout=300 update >&2
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends openssh-server >&2
}
[ "$made" = no ] || rm -f "$policy"
