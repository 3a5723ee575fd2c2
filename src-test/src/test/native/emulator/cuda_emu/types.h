// CUDA's vector types, with nvcc's sizes and alignments.
#pragma once

#define CUEMU_VECTOR2(name, T, bytes)                                 \
  struct alignas(bytes) name {                                        \
    T x, y;                                                           \
  };                                                                  \
  static inline name make_##name(T x, T y) {                          \
    return {x, y};                                                    \
  }
#define CUEMU_VECTOR3(name, T)                                        \
  struct name {                                                       \
    T x, y, z;                                                        \
  };                                                                  \
  static inline name make_##name(T x, T y, T z) {                     \
    return {x, y, z};                                                 \
  }
#define CUEMU_VECTOR4(name, T, bytes)                                 \
  struct alignas(bytes) name {                                        \
    T x, y, z, w;                                                     \
  };                                                                  \
  static inline name make_##name(T x, T y, T z, T w) {                \
    return {x, y, z, w};                                              \
  }

using uchar = unsigned char;
using ushort = unsigned short;
using uint = unsigned int;
using longlong = long long;
using ulonglong = unsigned long long;

CUEMU_VECTOR2(char2, signed char, 2)
CUEMU_VECTOR2(uchar2, unsigned char, 2)
CUEMU_VECTOR4(char4, signed char, 4)
CUEMU_VECTOR4(uchar4, unsigned char, 4)
CUEMU_VECTOR2(short2, short, 4)
CUEMU_VECTOR2(ushort2, unsigned short, 4)
CUEMU_VECTOR4(short4, short, 8)
CUEMU_VECTOR4(ushort4, unsigned short, 8)
CUEMU_VECTOR2(int2, int, 8)
CUEMU_VECTOR3(int3, int)
CUEMU_VECTOR4(int4, int, 16)
CUEMU_VECTOR2(uint2, unsigned, 8)
CUEMU_VECTOR3(uint3, unsigned)
CUEMU_VECTOR4(uint4, unsigned, 16)
CUEMU_VECTOR2(float2, float, 8)
CUEMU_VECTOR3(float3, float)
CUEMU_VECTOR4(float4, float, 16)
CUEMU_VECTOR2(longlong2, long long, 16)
CUEMU_VECTOR2(ulonglong2, unsigned long long, 16)
CUEMU_VECTOR2(double2, double, 16)
CUEMU_VECTOR4(double4, double, 16)

#undef CUEMU_VECTOR2
#undef CUEMU_VECTOR3
#undef CUEMU_VECTOR4

struct dim3 {
  unsigned x = 1, y = 1, z = 1;
};
