# The part "devices", and what machine this is. Sourced by run-checks.sh.

cuda=
cuda_name=
cuda_missing=

describe_machine() {
  echo "date      $(date -u +%Y-%m-%dT%H:%M:%SZ)"
  echo "system    $(uname -srm)"
  echo "processor $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores"
  echo "memory    $(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)"
  if command -v nvidia-smi >/dev/null; then
    nvidia-smi --query-gpu=index,name,driver_version,memory.total,compute_cap,power.limit,clocks.max.sm \
      --format=csv,noheader 2>&1 | sed 's/^/gpu       /'
  else
    echo "gpu       nvidia-smi is not on the PATH"
  fi
  if command -v python3 >/dev/null; then
    python3 -c 'import platform; print("python    " + platform.python_version())'
    python3 -c 'import torch; print("pytorch   %s, CUDA %s" % (torch.__version__, torch.version.cuda))' 2>/dev/null ||
      echo "pytorch   none"
  else
    echo "python    none"
  fi
}

# Folders of the wheels that PyTorch brings, where no setting and no usual place has the libraries.
python_libraries() {
  python3 -c 'import nvidia; print(":".join(nvidia.__path__))' 2>/dev/null
}

# Sets `cuda` to the first usable GPU and `cuda_name`, or `cuda_missing` to why there is none.
find_cuda() {
  local line
  lamina devices devices --json
  line=$(grep '^{"device":"cuda' "$logs/devices.out" | head -n 1)
  case $line in
    *'"usable":true'*)
      cuda=$(sed 's/^{"device":"\([^"]*\)".*/\1/' <<<"$line")
      cuda_name=$(sed 's/.*"name":"\([^"]*\)".*/\1/' <<<"$line")
      ;;
    *'"reason":'*) cuda_missing="no GPU can be used: $(sed 's/.*"reason":"\([^"]*\)".*/\1/' <<<"$line")" ;;
    *) cuda_missing="no GPU can be used: Lamina names none; ${why:-its list has none}" ;;
  esac
  [[ -n $cuda ]]
}

part_devices() {
  if ! find_cuda && [[ -z ${LAMINA_CUDA_LIBRARIES:-} ]]; then
    local found
    found=$(python_libraries)
    if [[ -n $found ]]; then
      export LAMINA_CUDA_LIBRARIES=$found
      echo "CUDA's libraries: in no usual place, so those of Python's wheels are tried, $found"
      find_cuda || unset LAMINA_CUDA_LIBRARIES
    fi
  fi
  lamina list devices --verbose
  cat "$logs/list.out"
  if [[ $code == 0 && -z $cuda ]]; then
    record devices FAILED "$seconds" "$cuda_missing" list
  else
    record_run devices "$cuda: $cuda_name"
  fi
}
