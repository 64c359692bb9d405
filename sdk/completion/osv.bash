# SPDX-License-Identifier: BSD-3-Clause
# Bash completion for osv; installed, or by: source <(osv completion bash)

_osv_options_of() {
  case $1 in
    run) echo "--memory --cpus --machine --console --accel --cpu-model --qemu --qemu-arg --publish --net --volume --rootfs --all-files --env --cwd
      --linker --profile --strace --syscall-summary --missing-files --bootchart --gdb --kernel-option --verbose --dry-run --timeout --help" ;;
    check) echo "--rootfs --help" ;;
    gdb) echo "--port --help" ;;
    init) echo "--rust --cmake --force --help" ;;
    completion) echo "bash zsh fish --help" ;;
    go) echo "build run test install" ;;
    *) echo "--help" ;;
  esac
}

# Index of the word that names the program of `osv run`, or the number of words if there is none yet.
_osv_program_index() {
  local i
  for ((i = 2; i < ${#COMP_WORDS[@]}; i++)); do
    case ${COMP_WORDS[i]} in
      -m | -c | -p | -v | -e | --memory | --cpus | --machine | --console | --accel | --cpu-model | --qemu | --qemu-arg | --publish | --net | --volume | \
        --rootfs | --env | --cwd | --linker | --profile | --kernel-option | --timeout) ((i++)) ;;
      -* | =) ;;
      *) break ;;
    esac
  done
  echo "$i"
}

_osv() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "run check gdb doctor completion init go --help --version --prefix --cmake-toolchain --pkg-config-path" -- "$word"))
    return
  fi
  if [[ $command == run ]] && (($(_osv_program_index) < COMP_CWORD)); then
    COMPREPLY=($(compgen -f -- "$word"))
    return
  fi
  case $previous in
    --machine) COMPREPLY=($(compgen -W "microvm q35 pc" -- "$word")) ;;
    --console) COMPREPLY=($(compgen -W "serial virtio" -- "$word")) ;;
    --accel) COMPREPLY=($(compgen -W "auto tcg kvm" -- "$word")) ;;
    --net) COMPREPLY=($(compgen -W "user tap: none" -- "$word")) ;;
    --linker) COMPREPLY=($(compgen -W "auto osv system" -- "$word")) ;;
    --profile) COMPREPLY=($(compgen -W "release debug" -- "$word")) ;;
    --rootfs) COMPREPLY=($(compgen -d -- "$word")) ;;
    -e | --env) COMPREPLY=($(compgen -v -- "$word")) ;;
    *)
      COMPREPLY=($(compgen -W "$(_osv_options_of "$command")" -- "$word"))
      [[ $word != -* ]] && COMPREPLY+=($(compgen -f -- "$word")) && [[ $command == run ]] && COMPREPLY+=($(compgen -c -- "$word"))
      ;;
  esac
}

complete -o filenames -F _osv osv
