# The part "tests": those that hold for every device, on the GPU alone. Sourced by run-checks.sh.

# tests_of NAME SELECTOR...: a group of tests. In an empty folder and without programs on the PATH:
# where there is a C++ compiler, the tests of the CUDA emulator could otherwise put it in the GPU's
# place.
tests_of() {
  local name=tests-$1 variables=("PATH=$work/no-programs") good bad cases
  shift
  [[ ! -d $here/mnist ]] || variables+=("LAMINA_MNIST=$here/mnist")
  run "$name" env -C "$work/run" "${variables[@]}" "$java" "${flags[@]}" -Xmx8g \
    -Dlamina.tests.devices=cuda -cp "$classes" \
    org.junit.platform.console.ConsoleLauncher execute "$@" \
    --disable-banner --disable-ansi-colors --details=tree --fail-if-no-tests
  good=$(sed -n 's/^\[ *\([0-9]*\) tests successful *\].*/\1/p' "$logs/$name.out" 2>/dev/null)
  bad=$(sed -n 's/^\[ *\([0-9]*\) tests failed *\].*/\1/p' "$logs/$name.out" 2>/dev/null)
  cases=$(sed -n 's/^  cuda[^ ]*: \(.* cases ran.*\)/\1/p' "$logs/$name.out" 2>/dev/null | head -n 1)
  if ! $cut && [[ ${bad:-0} -gt 0 ]]; then
    failed "$name" "$bad tests failed, $good succeeded"
  elif ! $cut && [[ $code == 0 && ${good:-0} == 0 ]]; then
    failed "$name" "no test ran"
  fi
  record_run "$name" "$good tests${cases:+: $cases}"
}

part_tests() {
  if [[ -z $cuda ]]; then
    skip tests "$cuda_missing"
    return
  fi
  local group
  for group in $test_groups; do
    case $group in
      device) tests_of device -c dev.lamina.suite.CudaDeviceTest -c dev.lamina.suite.BackendContractTest ;;
      operations) tests_of operations -c dev.lamina.suite.OpSuiteTest ;;
      training) tests_of training -p dev.lamina.training ;;
      tensors) tests_of tensors -c dev.lamina.eager.TensorTest ;;
      gradients) tests_of gradients -c dev.lamina.suite.GradientCheckTest ;;
    esac
  done
}
