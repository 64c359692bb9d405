#compdef osv
# SPDX-License-Identifier: BSD-3-Clause
# Zsh completion for osv: osv completion zsh > DIR/_osv, with DIR in $fpath.

_osv() {
  local -a commands
  commands=(
    'run:boot an image, or run a Linux program' 'check:say before any boot what would be missing' 'gdb:debug a guest'
    'doctor:check what this machine has' 'completion:print the completion script for a shell'
    'init:make a project folder build for OSv' 'go:the stock go tool, linking images'
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  case $words[2] in
    run)
      words=(osv-run ${words[3,-1]}) CURRENT=$((CURRENT - 1))
      _arguments -S \
        '(-m --memory)'{-m,--memory}'[memory]:size:(64M 128M 256M 1G)' '(-c --cpus)'{-c,--cpus}'[processors]:number:(1 2 4)' \
        '--machine[machine]:machine:(microvm q35 pc)' '--console[console]:kind:(serial virtio)' '--accel[acceleration]:kind:(auto tcg kvm)' '--cpu-model[CPU]:model:' \
        '*'{-p,--publish}'[forward a port]:HOST\:GUEST:' '--net[network]:kind:(user tap\: none)' \
        '*'{-v,--volume}'[copy into the guest]:HOST\:GUEST:_files' '--rootfs[root directory]:directory:_files -/' '--all-files[all files of the packages]' \
        '*'{-e,--env}'[environment variable]:NAME=VALUE:' '--cwd[working directory]:directory:' '--linker[who links]:kind:(auto osv system)' \
        '--profile[loader kernel]:profile:(release debug)' '--strace[print system calls]' '--syscall-summary[count system calls]' '--missing-files[list paths not found]' '--bootchart[time the boot]' '--gdb=-[wait for a debugger]::port:' '*--kernel-option[pass to the kernel]:option:' \
        '--verbose[say more]' '--dry-run[print the QEMU line]' '--timeout[end after]:seconds:' '*--qemu-arg[pass to QEMU]:word:' '--qemu[QEMU]:path:_files' \
        '1:program:_command_names -e' '*::arguments:_files'
      ;;
    completion) compadd bash zsh fish ;;
    init) compadd -- --rust --cmake --force ;;
    go) compadd build run test install ;;
    *) _files ;;
  esac
}

_osv "$@"
