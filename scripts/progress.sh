# Sourced by the scripts: numbered progress lines with the elapsed time, and one way to give up.
# shellcheck shell=bash

progress_started=$SECONDS
progress_number=0

# step TEXT: the next numbered line. `progress_total` may be set to show "2/5".
step() {
    progress_number=$((progress_number + 1))
    local of="${progress_total:+/$progress_total}"
    printf '\n%s\n' "[$progress_number$of $(elapsed)] $*"
}

note() { printf '    %s\n' "$*"; }

# elapsed: the time since the script started, as m:ss.
elapsed() {
    local seconds=$((SECONDS - progress_started))
    printf '%d:%02d' $((seconds / 60)) $((seconds % 60))
}

# give_up TEXT...: each argument is one line on standard error; exit code 1.
give_up() {
    printf '\nerror: %s\n' "$1" >&2
    shift
    if (($#)); then printf '       %s\n' "$@" >&2; fi
    exit 1
}
