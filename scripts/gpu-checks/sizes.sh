# How large and how long everything is, by --quick and --tiny. Sourced by run-checks.sh.

# The training steps, (a) to (f).
STEP_A=64-128-128-128-10:128
STEP_B=784-512-512-10:128
STEP_C=784-1024-1024-1024-10:1024
STEP_D=4096-4096-4096-4096-4096-4096-4096:1024
STEP_E=4096-4096-4096-4096-4096-4096-4096:8192
STEP_F=8192-8192-8192-8192-8192-8192-8192-8192-8192:16384

data=digits
test_data=digits
network=(--hidden 512,512 --dropout 0.2)
epochs=5
near=0.01        # by how much two trained models' accuracies may differ
least=0.95       # the accuracy that each must reach
probe_options=()
test_groups="device operations training tensors gradients"
loss_options=()
step_seconds=3
step_options=(--rounds 5)
cuda_steps="$STEP_A $STEP_B $STEP_C $STEP_D $STEP_E $STEP_F"
bf16_steps=      # those that are measured in BF16 alone
peer_steps="$STEP_B $STEP_E $STEP_C $STEP_A $STEP_D $STEP_F"
cpu_steps="$STEP_B $STEP_C"
bench_seconds=5
jmh_options=()
product_options=()
kernel_options=()

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
    step_options=(--rounds 3 --warm-up 0.5 --search 40)
    bf16_steps=$STEP_F
    peer_steps="$STEP_B $STEP_E $STEP_C"
    cpu_steps=$STEP_B
    bench_seconds=2
    jmh_options=(-wi 1 -w 300ms -i 3 -r 300ms)
    product_options=(-p transpose=nt)
    kernel_options=(-p function=relu,gelu)
    part_minutes=${part_minutes:-8}
    limit=${limit:-480}
    ;;
  tiny)
    data=digits:200
    test_data=digits:100
    network=(--hidden 16 --dropout 0.1 --batch-size 20 --no-autotune)
    epochs=3
    near=0.2
    least=0
    probe_options=(--small)
    test_groups=device
    loss_options=(--data digits --samples 256 --hidden 16 --batch 32 --steps 12)
    step_seconds=0.1
    step_options=(--rounds 2 --warm-up 0 --block 4)
    cuda_steps=13-16-4:32
    peer_steps=13-16-4:32
    cpu_steps=13-16-4:32
    bench_seconds=1
    jmh_options=(-f 0 -wi 0 -i 1 -r 20ms -p shape=24 -p parameters=1000 -p bytes=4096 -p batch=8)
    jmh_options+=(-p network=13-16-4:32 -p extent=32 -p mebibytes=1 -p precision=fp32)
    product_options=(-p transpose=nt)
    kernel_options=(-p function=gelu)
    ;;
esac
limit=${limit:-1200}
