  # The feed-forward part of a layer: one gated MLP, or the experts that the router chooses.
  # x comes in float32; so does the router read it, whose choice a rounding could flip.
  def mlp(self: __torch__.M, layer: int, wide: Tensor) -> Tensor:
    first = self.first_linear[layer] + 4
    x = wide.to(self.dtype)
    if self.experts[layer] == 0:
      return self.gated(layer, x, first)
    chance = torch.softmax(torch.linear(wide, self.weights[first]), 1)
    weight, chosen = torch.topk(chance, self.experts_used[layer], 1)
    weight = weight / torch.sum(weight, [1], True)
    y = torch.zeros_like(wide)
    for expert in range(self.experts[layer]):
      place = torch.nonzero(chosen == expert)
      if place.size(0) > 0:
        row = torch.select(place, 1, 0)
        out = self.gated(layer, torch.index_select(x, 0, row), first + 1 + 3 * expert)
        share = weight[row, torch.select(place, 1, 1)].unsqueeze(1)
        torch.index_add_(y, 0, row, out * share)
    return y

  def gated(self: __torch__.M, layer: int, x: Tensor, first: int) -> Tensor:
    gate = self.linear(x, first)
    kind = self.activation[layer]
    if kind == 0:
      gate = torch.silu_(gate)
    elif kind == 1:
      gate = torch.gelu(gate, approximate="tanh")
    else:
      gate = torch.gelu(gate, approximate="none")
    return self.linear(gate.mul_(self.linear(x, first + 1)), first + 2)
