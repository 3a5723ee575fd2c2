// Optimizers over one flat parameter buffer. hyper is {learning rate, 1 - beta1^t, 1 - beta2^t,
// skip, t}, as step_begin (plain/clock.cu) writes it. The first `decayed` elements have weight
// decay. Where `copy` is not null it gets the parameters as bfloat16. An element that would not be
// finite is refused: it keeps its parameter and moments, and `refusal` becomes {t, number of
// elements from the first such to the end, 1 if the gradient of one was not finite}.
#include "../floating.cuh"

__device__ __forceinline__ bool is_finite(real x) { return abs_of(x) < (real) INFINITY; }

// The larger of both, of numbers from 0 on, whose bits are in the same order.
__device__ __forceinline__ void raise(double* to, double value) {
  atomicMax(reinterpret_cast<unsigned long long*>(to), bits_as<unsigned long long>(value));
}

// Tells that an element of n was refused; of several the first counts.
__device__ __forceinline__ void refuse(
    double* refusal, const double* hyper, const storage* g, idx i, idx n) {
  raise(refusal, hyper[4]);
  raise(refusal + 1, (double) (n - i));
  raise(refusal + 2, is_finite(get(g + i)) ? 0 : 1);
}

// Does again, one element after the other, what cannot be stored as a pack.
template <class S>
__device__ __forceinline__ void one_by_one(idx i, S scalar) {
#pragma unroll 1
  for (int j = 0; j < PACK; j++) {
    scalar(i + j);
  }
}

struct Copy {
  bf16* to;
  bool packs;

  // A copy of elements that are walked by this cut.
  __device__ __forceinline__ Copy(bf16* copy, const Split& s)
      : to(copy), packs(aligned(copy + s.head, alignof(Group<bf16, PACK>))) {}

  __device__ __forceinline__ void put(idx i, real value) const {
    if (to != nullptr) {
      to[i] = Convert<bf16>::from(value);
    }
  }

  __device__ __forceinline__ void put_pack(idx i, const Pack& pack) const {
    if (to == nullptr) {
      return;
    }
    Group<bf16, PACK> group;
#pragma unroll
    for (int j = 0; j < PACK; j++) {
      group.v[j] = Convert<bf16>::from(pack.v[j]);
    }
    if (packs) {
      *reinterpret_cast<Group<bf16, PACK>*>(to + i) = group;
    } else {
#pragma unroll
      for (int j = 0; j < PACK; j++) {
        to[i + j] = group.v[j];
      }
    }
  }
};

// p -= rate g; with momentum over v, which is null without.
KERNEL(sgd)(
    storage* p, const storage* g, const double* hyper, double* refusal, storage* v, idx n,
    double momentum_, int nesterov, double decay_, idx decayed, bf16* copy_) {
  if (hyper[3] != 0) {
    return;
  }
  real rate = (real) hyper[0];
  real momentum = (real) momentum_;
  real decay = (real) decay_;
  // Whether the element may be stored.
  auto update = [=](real& p, real g, real& v, idx i) {
    if (i < decayed) {
      g += decay * p;
    }
    v = momentum * v + g;
    p -= rate * (nesterov ? g + momentum * v : v);
    return is_finite(p);
  };
  Split s = split(n, p, g, v == nullptr ? p : v);
  Copy copy(copy_, s);
  auto scalar = [&](idx i) {
    real a = get(p + i);
    real c = v == nullptr ? 0 : get(v + i);
    if (!update(a, get(g + i), c, i)) {
      refuse(refusal, hyper, g, i, n);
      copy.put(i, get(p + i));
      return;
    }
    put(p + i, a);
    copy.put(i, a);
    if (v != nullptr) {
      put(v + i, c);
    }
  };
  auto pack = [&](idx i) {
    Pack a = get_pack(p + i);
    Pack b = get_pack(g + i);
    Pack c = {};
    if (v != nullptr) {
      c = get_pack(v + i);
    }
    bool fine = true;
#pragma unroll
    for (int j = 0; j < PACK; j++) {
      fine &= update(a.v[j], b.v[j], c.v[j], i + j);
    }
    if (!fine) {
      one_by_one(i, scalar);
      return;
    }
    put_pack(p + i, a);
    copy.put_pack(i, a);
    if (v != nullptr) {
      put_pack(v + i, c);
    }
  };
  each(s, thread_number(), thread_count(), pack, scalar);
}

// Adam, or AdamW if decoupled.
KERNEL(adam)(
    storage* p, const storage* g, const double* hyper, double* refusal, storage* m, storage* v,
    idx n, double beta1_, double beta2_, double epsilon_, double decay_, int decoupled, idx decayed,
    bf16* copy_) {
  if (hyper[3] != 0) {
    return;
  }
  real rate = (real) hyper[0];
  real correct1 = 1 / (real) hyper[1];
  real correct2 = 1 / (real) hyper[2];
  real beta1 = (real) beta1_;
  real beta2 = (real) beta2_;
  real rest1 = (real) (1 - beta1_);
  real rest2 = (real) (1 - beta2_);
  real epsilon = (real) epsilon_;
  real decay = (real) decay_;
  // Whether the element may be stored.
  auto update = [=](real& p, real g, real& m, real& v, idx i) {
    if (i < decayed) {
      if (decoupled) {
        p -= rate * decay * p;
      } else {
        g += decay * p;
      }
    }
    m = beta1 * m + rest1 * g;
    v = beta2 * v + rest2 * g * g;
    p -= rate * (m * correct1) / (sqrt_of(v * correct2) + epsilon);
    return is_finite(p) && is_finite(v);
  };
  Split s = split(n, p, g, m, v);
  Copy copy(copy_, s);
  auto scalar = [&](idx i) {
    real a = get(p + i);
    real c = get(m + i);
    real d = get(v + i);
    if (!update(a, get(g + i), c, d, i)) {
      refuse(refusal, hyper, g, i, n);
      copy.put(i, get(p + i));
      return;
    }
    put(p + i, a);
    copy.put(i, a);
    put(m + i, c);
    put(v + i, d);
  };
  auto pack = [&](idx i) {
    Pack a = get_pack(p + i);
    Pack b = get_pack(g + i);
    Pack c = get_pack(m + i);
    Pack d = get_pack(v + i);
    bool fine = true;
#pragma unroll
    for (int j = 0; j < PACK; j++) {
      fine &= update(a.v[j], b.v[j], c.v[j], d.v[j], i + j);
    }
    if (!fine) {
      one_by_one(i, scalar);
      return;
    }
    put_pack(p + i, a);
    copy.put_pack(i, a);
    put_pack(m + i, c);
    put_pack(v + i, d);
  };
  each(s, thread_number(), thread_count(), pack, scalar);
}
