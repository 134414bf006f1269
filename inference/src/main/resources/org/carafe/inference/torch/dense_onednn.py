  # bf16 on x86 CPUs. One row: this entry to oneDNN reaches its vector kernel, which streams row-major weights at the speed of memory;
  # torch.linear would first transpose tiles of them and takes twice the time. A few rows: that transposing is what costs, so weights
  # are packed into the kernels' own layout once many steps have a few rows (Packing.java); `packed` is a prefix of the linears.
  def dense(self: __torch__.M, x: Tensor, index: int, weight: Tensor, bias: Tensor) -> Tensor:
    if index < len(self.packed):
      weight = self.packed[index]
    elif x.size(0) > 1 or self.dtype != 15:
      return torch.linear(x, weight, bias if bias.numel() > 0 else None)
    return ops.mkldnn._linear_pointwise(x, weight, bias if bias.numel() > 0 else None, "none", annotate(List[Optional[number]], []), None)

  # Packs linears up to an index. A router is float32 and read by itself.
  def pack(self: __torch__.M, end: int) -> int:
    for index in range(len(self.packed), end):
      weight = self.weights[index]
      self.packed.append(ops.mkldnn._reorder_linear_weight(weight, 16) if weight.dtype == 15 else weight)
    return 0

  def unpack(self: __torch__.M) -> int:
    self.packed = annotate(List[Tensor], [])
    return 0
