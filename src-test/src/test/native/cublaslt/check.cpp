// Which multiplications cuBLASLt does, as its documentation tells.
#include <algorithm>
#include <set>

#include "types.h"

namespace cublas::lt {
namespace {
constexpr std::int64_t MASK_STRIDE = 128;  // bits
constexpr std::int64_t AUX_STRIDE_MULTIPLE = 8;
constexpr std::int64_t POINTER_ALIGNMENT = 16;

bool types_supported(const Problem& p) {
  int a = p.a->type;
  int b = p.b->type;
  int c = p.c->type;
  int d = p.d->type;
  if (a != b || c != d) {
    return false;
  }
  switch (p.descriptor->computeType) {
    case COMPUTE_32F:
    case COMPUTE_32F_PEDANTIC:
      return p.descriptor->scaleType == R_32F
             && ((a == R_32F && d == R_32F) || (a == R_16BF && (d == R_16BF || d == R_32F)));
    case COMPUTE_32F_FAST_16BF:
    case COMPUTE_32F_FAST_TF32:
      return p.descriptor->scaleType == R_32F && a == R_32F && d == R_32F;
    case COMPUTE_64F:
    case COMPUTE_64F_PEDANTIC:
      return p.descriptor->scaleType == R_64F && a == R_64F && d == R_64F
             && p.descriptor->epilogue().value == DO_DEFAULT;
    default:
      return false;
  }
}

bool shapes_fit(const Problem& p) {
  bool ta = p.descriptor->get(TRANSPOSE_A, 0) != 0;
  bool tb = p.descriptor->get(TRANSPOSE_B, 0) != 0;
  std::int64_t m = ta ? p.a->columns : p.a->rows;
  std::int64_t k = ta ? p.a->rows : p.a->columns;
  std::int64_t n = tb ? p.b->rows : p.b->columns;
  std::int64_t inner = tb ? p.b->columns : p.b->rows;
  auto is = [](const Layout& x, std::int64_t rows, std::int64_t columns) {
    return x.rows == rows && x.columns == columns;
  };
  return k == inner && is(*p.c, m, n) && is(*p.d, m, n) && m > 0 && n > 0 && k > 0;
}

int check_epilogue(const Problem& p) {
  const Descriptor& d = *p.descriptor;
  Epilogue e = d.epilogue();
  if (!e.known()) {
    return NOT_SUPPORTED;
  }
  if (e.uses_bias_pointer()) {
    std::int64_t bias = d.get(BIAS_POINTER, 0);
    if (bias == 0) {
      return INVALID_VALUE;
    }
    std::int64_t type = d.get(BIAS_DATA_TYPE, -1);
    if (bias % POINTER_ALIGNMENT != 0 || (type != -1 && type != p.d->type)) {
      return NOT_SUPPORTED;
    }
  }
  if (e.aux()) {
    std::int64_t aux = d.get(AUX_POINTER, 0);
    std::int64_t stride = d.get(AUX_STRIDE, 0);
    std::int64_t type = d.get(AUX_DATA_TYPE, -1);
    if (aux == 0) {
      return INVALID_VALUE;
    }
    std::int64_t multiple = e.aux_is_mask() ? MASK_STRIDE : AUX_STRIDE_MULTIPLE;
    if (aux % POINTER_ALIGNMENT != 0 || stride % multiple != 0 || stride < p.d->rows
        || (type != -1 && !e.aux_is_mask() && type != p.d->type)) {
      return NOT_SUPPORTED;
    }
  }
  return SUCCESS;
}
}  // namespace

bool Epilogue::known() const {
  static const std::set<int> values = {1,   2,   4,   6,   32,  36,  130, 134,
                                       136, 152, 160, 164, 192, 208, 256, 512};
  return values.count(value) != 0;
}

std::int64_t Descriptor::get(int attribute, std::int64_t otherwise) const {
  auto found = attributes.find(attribute);
  return found == attributes.end() ? otherwise : found->second;
}

int check(const Problem& p) {
  for (const Layout* x : {p.a, p.b, p.c, p.d}) {
    if (!known_type(x->type) || x->order != ORDER_COLUMN || x->batch != 1) {
      return NOT_SUPPORTED;
    }
    if (x->stride < std::max<std::int64_t>(1, x->rows)) {
      return INVALID_VALUE;
    }
  }
  if (!shapes_fit(p)) {
    return INVALID_VALUE;
  }
  if (!types_supported(p) || p.descriptor->get(POINTER_MODE, 0) != 0
      || p.descriptor->get(TRANSPOSE_C, 0) != 0) {
    return NOT_SUPPORTED;
  }
  return check_epilogue(p);
}

std::uint64_t digest(const Problem& p) {
  std::uint64_t h = 14695981039346656037ull;  // FNV-1a
  auto add = [&h](std::int64_t value) {
    for (int i = 0; i < 8; i++) {
      h = (h ^ (static_cast<std::uint64_t>(value) >> (8 * i) & 0xFF)) * 1099511628211ull;
    }
  };
  add(p.descriptor->computeType);
  add(p.descriptor->get(TRANSPOSE_A, 0));
  add(p.descriptor->get(TRANSPOSE_B, 0));
  add(p.descriptor->get(EPILOGUE, DO_DEFAULT));
  add(p.descriptor->get(AUX_STRIDE, 0));
  for (const Layout* x : {p.a, p.b, p.c, p.d}) {
    add(x->type);
    add(x->rows);
    add(x->columns);
    add(x->stride);
  }
  return h;
}
}  // namespace cublas::lt
