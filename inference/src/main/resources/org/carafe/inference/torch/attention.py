  # Self-attention of one layer over the paged cache: writes this step's keys and values, then attends group by group.
  def attention(self: __torch__.M, layer: int, x: Tensor, slots: Tensor, cos: Tensor, sin: Tensor, meta: List[int],
                blocks: List[Tensor], masks: List[Tensor], spans: List[int]) -> Tensor:
    heads, kv_heads, width = self.heads[layer], self.kv_heads[layer], self.head_dim[layer]
    rows = x.size(0)
    linear = self.first_linear[layer]
    q = self.linear(x, linear)
    k = self.linear(x, linear + 1)
    v = self.linear(x, linear + 2).view([rows, kv_heads, width])
    if self.qk_norm[layer]:
      norm = self.first_norm[layer] + (4 if self.sandwich[layer] else 2)
      q = self.norm(q.view([rows, heads, width]), norm).view([rows, -1])
      k = self.norm(k.view([rows, kv_heads, width]), norm + 1).view([rows, -1])
    qk = self.rotate(torch.cat([q, k], 1).view([rows, heads + kv_heads, width]), cos, sin)
    q = torch.narrow(qk, 1, 0, heads)
    k = torch.narrow(qk, 1, heads, kv_heads)
    torch.index_copy_(self.cache[layer], 0, slots, torch.stack([k, v], 1))
    groups, prefills = meta[3], meta[4]
    index = self.view[layer] * (groups + prefills)
    parts = annotate(List[Tensor], [])
    row = 0
    for g in range(groups):
      n = meta[6 + g]
      keys, values = self.gather(layer, blocks[index], n, spans[2 * index], spans[2 * index + 1])
      # queries that share a key head stand as rows against it, so that keys are not repeated: [n, G, H / G, D]
      query = torch.narrow(q, 0, row, n).reshape([n, kv_heads, heads // kv_heads, width])
      y = self.attend(layer, query, keys, values, masks[index], False)
      parts.append(y.reshape([n, heads * width]))
      row = row + n
      index = index + 1
    for p in range(prefills):
      n, start = meta[6 + groups + 2 * p], meta[7 + groups + 2 * p]
      query = torch.narrow(q, 0, row, n).reshape([n, kv_heads, heads // kv_heads, width]).permute([1, 2, 0, 3])
      causal = masks[index].numel() == 0
      if causal:
        keys = torch.narrow(k, 0, row, n).transpose(0, 1)
        values = torch.narrow(v, 0, row, n).transpose(0, 1)
      else:
        keys, values = self.gather(layer, blocks[index], 1, 0, spans[2 * index + 1])
        keys = keys.squeeze(0)
        values = values.squeeze(0)
      keys = keys.unsqueeze(1).expand([-1, heads // kv_heads, -1, -1])
      values = values.unsqueeze(1).expand([-1, heads // kv_heads, -1, -1])
      y = self.attend(layer, query, keys, values, masks[index], causal)
      parts.append(y.permute([2, 0, 1, 3]).reshape([n, heads * width]))
      row = row + n
      index = index + 1
    y = parts[0] if len(parts) == 1 else torch.cat(parts, 0)
    return self.linear(y, linear + 3)

  # Rotary embedding, halves against each other, in float32. x: [R, heads, D]; cos: [R, 1, D], both halves alike; sin: so, the first
  # half negated.
  def rotate(self: __torch__.M, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    return torch.addcmul(x * cos, torch.roll(x, [x.size(2) // 2], [2]), sin).to(self.dtype)

  # Keys and values of n sequences, each of as many blocks: [n, G, keys, D], views of one copy. Of a single sequence the given span of
  # keys only.
  def gather(self: __torch__.M, layer: int, blocks: Tensor, n: int, first: int, keys: int) -> Tuple[Tensor, Tensor]:
    chosen = torch.index_select(self.cache_blocks[layer], 0, blocks)
    chosen = chosen.view([n, -1, 2, self.kv_heads[layer], self.head_dim[layer]])
    if n == 1:
      chosen = torch.narrow(chosen, 1, first, keys)
    return torch.select(chosen, 2, 0).transpose(1, 2), torch.select(chosen, 2, 1).transpose(1, 2)

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
