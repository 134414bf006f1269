  # On x86 CPUs, one row in bf16: this entry to oneDNN reaches its vector kernel, which streams row-major weights at the speed of
  # memory; torch.linear would transpose tiles of them first and takes almost twice the time.
  def dense(self: __torch__.M, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    if x.size(0) == 1 and self.dtype == 15 and x.is_cpu:
      return ops.mkldnn._linear_pointwise(x, weight, bias if bias.numel() > 0 else None, "none", annotate(List[Optional[number]], []), None)
    return torch.linear(x, weight, bias if bias.numel() > 0 else None)
