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

  def int8(self: __torch__.M, x: Tensor, weight: Tensor, scale: Tensor) -> Tensor:
    if x.size(0) <= self.quantized_rows:
      return torch._weight_int8pack_mm(x, weight, scale)
    return torch.linear(x, weight.to(self.dtype)) * scale

  def int4(self: __torch__.M, x: Tensor, weight: Tensor, scale: Tensor) -> Tensor:
    return torch._weight_int4pack_mm_for_cpu(x, weight, self.group, scale)
