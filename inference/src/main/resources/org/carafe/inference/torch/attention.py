  # Self-attention of one layer over the paged cache: writes this step's keys and values, then attends group by group.
  def attention(self: __torch__.M, layer: int, x: Tensor, slots: Tensor, cos: Tensor, sin: Tensor, meta: List[int],
                blocks: List[Tensor], masks: List[Tensor], spans: List[int]) -> Tensor:
    heads, kv_heads, width = self.heads[layer], self.kv_heads[layer], self.head_dim[layer]
    rows = x.size(0)
    linear = self.first_linear[layer]
    q = self.linear(x, linear).view([rows, heads, width])
    k = self.linear(x, linear + 1).view([rows, kv_heads, width])
    v = self.linear(x, linear + 2).view([rows, kv_heads, width])
    if self.qk_norm[layer]:
      norm = self.first_norm[layer] + (4 if self.sandwich[layer] else 2)
      q = self.norm(q, norm)
      k = self.norm(k, norm + 1)
    q = self.rotate(q, cos, sin)
    k = self.rotate(k, cos, sin)
    torch.index_copy_(self.keys[layer], 0, slots, k)
    torch.index_copy_(self.values[layer], 0, slots, v)
    groups, prefills = meta[3], meta[4]
    index = self.view[layer] * (groups + prefills)
    parts = annotate(List[Tensor], [])
    row = 0
    for g in range(groups):
      n = meta[6 + g]
      keys = self.gather(self.keys[layer], blocks[index], n)
      values = self.gather(self.values[layer], blocks[index], n)
      if n == 1:
        keys = torch.narrow(keys, 2, spans[2 * index], spans[2 * index + 1])
        values = torch.narrow(values, 2, spans[2 * index], spans[2 * index + 1])
      # queries that share a key head stand as rows against it, so that keys are not repeated: [n, G, H / G, D]
      query = torch.narrow(q, 0, row, n).view([n, kv_heads, heads // kv_heads, width])
      y = self.attend(layer, query, keys, values, masks[index], False)
      parts.append(y.reshape([n, heads * width]))
      row = row + n
      index = index + 1
    for p in range(prefills):
      n, start = meta[6 + groups + 2 * p], meta[7 + groups + 2 * p]
      query = torch.narrow(q, 0, row, n).view([n, kv_heads, heads // kv_heads, width]).permute([1, 2, 0, 3])
      causal = masks[index].numel() == 0
      if causal:
        keys = torch.narrow(k, 0, row, n).permute([1, 0, 2]).unsqueeze(1)
        values = torch.narrow(v, 0, row, n).permute([1, 0, 2]).unsqueeze(1)
      else:
        keys = torch.narrow(self.gather(self.keys[layer], blocks[index], 1), 2, 0, spans[2 * index + 1]).permute([1, 0, 2, 3])
        values = torch.narrow(self.gather(self.values[layer], blocks[index], 1), 2, 0, spans[2 * index + 1]).permute([1, 0, 2, 3])
      keys = keys.expand([-1, heads // kv_heads, -1, -1])
      values = values.expand([-1, heads // kv_heads, -1, -1])
      y = self.attend(layer, query, keys, values, masks[index], causal)
      parts.append(y.permute([2, 0, 1, 3]).reshape([n, heads * width]))
      row = row + n
      index = index + 1
    y = parts[0] if len(parts) == 1 else torch.cat(parts, 0)
    return self.linear(y, linear + 3)

  # Rotary embedding, halves against each other. x: [R, heads, D]; cos, sin: [R, 1, D / 2] in float32, and so is the arithmetic.
  def rotate(self: __torch__.M, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.size(2) // 2
    a = torch.narrow(x, 2, 0, half)
    b = torch.narrow(x, 2, half, half)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], 2).to(self.dtype)

  # Keys or values of n sequences, each of as many blocks: [n, G, keys, D], a copy.
  def gather(self: __torch__.M, cache: Tensor, blocks: Tensor, n: int) -> Tensor:
    kv_heads, width = cache.size(1), cache.size(2)
    chosen = torch.index_select(cache.view([-1, self.block_tokens * kv_heads * width]), 0, blocks)
    return chosen.view([n, -1, kv_heads, width]).transpose(1, 2)

  def attend(self: __torch__.M, layer: int, q: Tensor, k: Tensor, v: Tensor, mask: Tensor, causal: bool) -> Tensor:
    cap = self.softcap[layer]
    if cap > 0.0:
      scores = torch.matmul(q, k.transpose(2, 3)).to(6) * self.scale[layer]
      scores = torch.tanh(scores / cap) * cap
      if causal:
        n = q.size(2)
        scores = scores + torch.triu(torch.full([n, n], -1e30, dtype=6, device=q.device), 1)
      elif mask.numel() > 0:
        scores = scores + mask.to(6)
      return torch.matmul(torch.softmax(scores, -1).to(self.dtype), v)
    if mask.numel() > 0:
      return torch.scaled_dot_product_attention(q, k, v, mask, 0.0, False, scale=self.scale[layer])
    return torch.scaled_dot_product_attention(q, k, v, None, 0.0, causal, scale=self.scale[layer])
