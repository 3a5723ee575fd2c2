# The part "tests". Sourced by run-checks.sh.

# In an empty folder and without programs on the PATH: where there is a C++ compiler, the tests of
# the CUDA emulator could otherwise put it in the GPU's place.
part_tests() {
  local variables=("PATH=$work/no-programs") good bad suite
  [[ ! -d $here/mnist ]] || variables+=("LAMINA_MNIST=$here/mnist")
  run tests env -C "$work/run" "${variables[@]}" "$java" "${flags[@]}" -Xmx8g -cp "$classes" \
    org.junit.platform.console.ConsoleLauncher execute --scan-classpath="$home/lib/tests.jar" \
    --exclude-package=dev.lamina.architecture --exclude-package=dev.lamina.command \
    --exclude-package=dev.lamina.documentation --exclude-package=dev.lamina.emulator \
    --disable-banner --disable-ansi-colors --details=tree --fail-if-no-tests
  good=$(sed -n 's/^\[ *\([0-9]*\) tests successful *\].*/\1/p' "$logs/tests.out" 2>/dev/null)
  bad=$(sed -n 's/^\[ *\([0-9]*\) tests failed *\].*/\1/p' "$logs/tests.out" 2>/dev/null)
  if ! $cut && [[ ${bad:-0} -gt 0 ]]; then
    record tests FAILED "$seconds" "$bad tests failed, $good succeeded"
  elif ! $cut && [[ $code == 0 && ${good:-0} == 0 ]]; then
    record tests FAILED "$seconds" "no test ran"
  else
    record_run tests "$good tests"
  fi
  suite=$(sed -n "s/^  \(${cuda:-cuda}[^ ]*\): \(.* cases ran.*\)/\2/p" "$logs/tests.out" 2>/dev/null | head -n 1)
  if [[ -z $cuda ]]; then
    skip tests-cuda "$cuda_missing"
  elif $cut; then
    record tests-cuda "LEFT OUT" 0 "$why"
  elif [[ -z $suite ]]; then
    record tests-cuda FAILED 0 "the operation suite did not run on $cuda" tests
  elif [[ $suite == *" 0 failed"* ]]; then
    record tests-cuda ok 0 "$suite" tests
  else
    record tests-cuda FAILED 0 "$suite" tests
  fi
}
