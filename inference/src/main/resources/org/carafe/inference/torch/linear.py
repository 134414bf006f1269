  # x @ weight^T + bias, whatever the weight is held in.
  def linear(self: __torch__.M, x: Tensor, index: int) -> Tensor:
    weight = self.weights[index]
    bias = self.biases[index]
    format = self.formats[index]
    if format == 0:
      return self.dense(x, index, weight, bias)
    if format == 1:
      y = self.int8(x, weight, self.scales[index])
    else:
      y = self.int4(x, weight, self.scales[index])
    if bias.numel() > 0:
      y = y + bias
    return y

  # Many rows: bf16 arithmetic on tiles of the weight that stay in the cache.
  def int8(self: __torch__.M, x: Tensor, weight: Tensor, scale: Tensor) -> Tensor:
    if x.size(0) <= self.quantized_rows:
      return torch._weight_int8pack_mm(x, weight, scale)
    outputs = weight.size(0)
    y = torch.empty([x.size(0), outputs], dtype=self.dtype)
    tile = max(1, self.tile // weight.size(1))
    at = 0
    while at < outputs:
      n = min(tile, outputs - at)
      torch.narrow(y, 1, at, n).copy_(torch.linear(x, torch.narrow(weight, 0, at, n).to(self.dtype)))
      at = at + n
    return y.mul_(scale)

  def int4(self: __torch__.M, x: Tensor, weight: Tensor, scale: Tensor) -> Tensor:
    return torch._weight_int4pack_mm_for_cpu(x, weight, self.group, scale)
