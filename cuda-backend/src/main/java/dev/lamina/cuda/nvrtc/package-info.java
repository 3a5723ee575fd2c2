/**
 * NVIDIA's run-time compiler NVRTC, 12 and 13, through java.lang.foreign: CUDA C to PTX.
 *
 * @see <a href="https://docs.nvidia.com/cuda/nvrtc/">NVRTC</a>
 */
package dev.lamina.cuda.nvrtc;
