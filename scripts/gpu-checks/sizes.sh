# How large and how long everything is, by --quick and --tiny. Sourced by run-checks.sh.

SMALL_STEP=784-512-512-10:128
MIDDLE_STEP=784-1024-1024-1024-10:1024
LARGE_STEP=4096-4096-4096-4096-4096-4096-4096:8192

data=digits
test_data=digits
network=(--hidden 512,512 --dropout 0.2)
epochs=5
near=0.01        # by how much two trained models' accuracies may differ
least=0.95       # the accuracy that each must reach
loss_options=()
step_seconds=3
step_options=(--rounds 5)
cuda_steps="$SMALL_STEP $MIDDLE_STEP $LARGE_STEP"
cpu_steps="$SMALL_STEP $MIDDLE_STEP"
bench_seconds=5
jmh_options=()

if [[ -d $here/mnist ]]; then
  data=idx:$here/mnist
  test_data=$data
  near=0.005
fi

case $size in
  quick)
    epochs=2
    step_seconds=1
    # Only what is likeliest to be the fastest.
    step_options=(--rounds 3 --warm-up 0.5 --search 60)
    bench_seconds=2
    jmh_options=(-wi 1 -w 300ms -i 3 -r 300ms)
    ;;
  tiny)
    data=digits:200
    test_data=digits:100
    network=(--hidden 16 --dropout 0.1 --batch-size 20 --no-autotune)
    epochs=3
    near=0.2
    least=0
    loss_options=(--data digits --samples 256 --hidden 16 --batch 32 --steps 12)
    step_seconds=0.1
    step_options=(--rounds 2 --warm-up 0 --block 4)
    cuda_steps=13-16-4:32
    cpu_steps=13-16-4:32
    bench_seconds=1
    jmh_options=(-wi 1 -w 50ms -i 1 -r 50ms -p shape=24 -p parameters=1000 -p bytes=4096 -p batch=8)
    jmh_options+=(-p network=13-16-4:32 -p extent=32 -p mebibytes=1)
    ;;
esac
