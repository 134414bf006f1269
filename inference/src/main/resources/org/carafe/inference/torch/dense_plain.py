  def dense(self: __torch__.M, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.linear(x, weight, bias if bias.numel() > 0 else None)
