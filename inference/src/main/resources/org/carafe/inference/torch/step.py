  # Computes the rows of a plan. `meta` and the inbox are written by StepInput, in the order they are read here:
  #   meta:  rows, selected, greedy, groups, prefills, fresh, then a group's sequences.., a prefill's (rows, start)..,
  #          then for each window: for each group (blocks a sequence, first key, keys), for each prefill (blocks, first key)
  #   inbox: ids[rows] positions[rows] slots[rows] select[selected] fresh[fresh],
  #          then for each window: for each group blocks[sequences * blocks] and, if several, firsts[sequences]; each prefill's blocks
  # Rows: decoding sequences group by group, then prefills. Returns nothing: greedy ids stand in tokens_out, -1 where a row of logits
  # holds no finite maximum; the hidden states of the selected rows wait for `logits`.
  def step(self: __torch__.M, meta: List[int]) -> int:
    rows, selected, greedy, groups, prefills = meta[0], meta[1], meta[2], meta[3], meta[4]
    fresh = meta[5]
    at = 6 + groups + 2 * prefills
    inbox = self.inbox[0]
    like = self.device[0]
    ids = torch.narrow(inbox, 0, 0, rows)
    positions = torch.narrow(inbox, 0, rows, rows).to(device=like.device)
    slots = torch.narrow(inbox, 0, 2 * rows, rows).to(device=like.device)
    select = torch.narrow(inbox, 0, 3 * rows, selected).to(device=like.device)
    self.clear(torch.narrow(inbox, 0, 3 * rows + selected, fresh).to(device=like.device))
    read = 3 * rows + selected + fresh
    blocks = annotate(List[Tensor], [])
    masks = annotate(List[Tensor], [])
    spans = annotate(List[int], [])
    none = torch.empty([0], dtype=self.dtype, device=like.device)
    for window in self.windows:
      row = 0
      for g in range(groups):
        sequences = meta[6 + g]
        count, first, keys = meta[at], meta[at + 1], meta[at + 2]
        at = at + 3
        blocks.append(torch.narrow(inbox, 0, read, sequences * count).to(device=like.device))
        read = read + sequences * count
        spans.append(first)
        spans.append(keys)
        if sequences > 1:
          firsts = torch.narrow(inbox, 0, read, sequences).to(device=like.device)
          read = read + sequences
          key = firsts.unsqueeze(1) + torch.arange(count * self.block_tokens, device=like.device)
          masks.append(self.mask(torch.narrow(positions, 0, row, sequences).unsqueeze(1), key, window).unsqueeze(1).unsqueeze(1))
        else:
          masks.append(none)
        row = row + sequences
      for p in range(prefills):
        count, first = meta[at], meta[at + 1]
        at = at + 2
        tokens, start = meta[6 + groups + 2 * p], meta[7 + groups + 2 * p]
        keys = start + tokens - first
        blocks.append(torch.narrow(inbox, 0, read, count).to(device=like.device))
        read = read + count
        spans.append(first)
        spans.append(keys)
        if start == 0 and (window == 0 or tokens <= window):
          masks.append(none)
        else:
          key = torch.arange(first, first + keys, device=like.device).unsqueeze(0)
          masks.append(self.mask(torch.narrow(positions, 0, row, tokens).unsqueeze(1), key, window))
        row = row + tokens
    cos = annotate(List[Tensor], [])
    sin = annotate(List[Tensor], [])
    for frequency in self.frequencies:
      angle = (positions.to(6).unsqueeze(1) * frequency).unsqueeze(1)
      cos.append(torch.cos(torch.cat([angle, angle], 2)))
      sin.append(torch.sin(torch.cat([-angle, angle], 2)))
    x = self.embed(ids).to(6)
    for layer in range(self.layers):
      x = self.block(layer, x, slots, cos, sin, meta, blocks, masks, spans)
    if selected == 0:
      self.hidden = [none]
      return 0
    if rows > 1:
      x = torch.index_select(x, 0, select)
    x = self.norm(x, len(self.norms) - 1).to(self.dtype)
    self.hidden = [x]
    if greedy > 0:
      best, id = torch.max(self.head(torch.narrow(x, 0, 0, greedy)), 1)
      chosen = torch.where(torch.isfinite(best), id, torch.full_like(id, -1))
      torch.narrow(self.tokens_out[0], 0, 0, greedy).copy_(chosen)
    return 0

  # Zeroes blocks that this step begins and does not fill. Their rest is read with weight 0, and 0 * NaN of whatever a block held before
  # would carry one sequence's failure into another.
  def clear(self: __torch__.M, fresh: Tensor) -> int:
    if fresh.numel() > 0:
      for layer in range(self.layers):
        torch.index_fill_(self.cache_blocks[layer], 0, fresh, 0)
    return 0

  # Logits of rows [from, from + count) of those selected by the last step, into logits_out.
  def logits(self: __torch__.M, start: int, count: int) -> int:
    torch.narrow(self.logits_out[0], 0, 0, count).copy_(self.head(torch.narrow(self.hidden[0], 0, start, count)))
    return 0

  # Drops what a step left behind.
  def release(self: __torch__.M) -> int:
    self.hidden = annotate(List[Tensor], [])
    return 0

  # 0 where a key is seen, -1e30 where not: finite, so that a row whose first tile of keys is unseen does not become NaN.
  def mask(self: __torch__.M, query: Tensor, key: Tensor, window: int) -> Tensor:
    hidden = key > query
    if window > 0:
      hidden = torch.logical_or(hidden, key <= query - window)
    return torch.masked_fill(torch.zeros(hidden.size(), dtype=self.dtype, device=hidden.device), hidden, -1e30)

  def embed(self: __torch__.M, ids: Tensor) -> Tensor:
    table = self.embedding[0]
    ids = ids.to(device=table.device)
    x = torch.index_select(table, 0, ids).to(self.dtype)
    if len(self.embedding) > 1:
      x = x * torch.index_select(self.embedding[1], 0, ids).unsqueeze(1)
    if self.embedding_scale != 1.0:
      x = x * torch.full([], self.embedding_scale, dtype=self.dtype, device=x.device)
    return x

  def head(self: __torch__.M, x: Tensor) -> Tensor:
    y = self.linear(x, len(self.weights) - 1)
    if self.logit_softcap > 0.0:
      y = torch.tanh(y / self.logit_softcap) * self.logit_softcap
    return y

  # RMSNorm in float32, in as few operations as there are: x / sqrt(|x|^2 + n eps) * (sqrt(n) weight).
  def norm(self: __torch__.M, x: Tensor, index: int) -> Tensor:
    wide = x.to(6)
    length = torch.hypot(torch.linalg_vector_norm(wide, 2, [-1], True), self.norm_floors[index])
    return wide / length * self.norms[index]

  # The residual stream stays in float32: it is small, and rounding it after every layer is what costs bf16 most of its accuracy.
  def block(self: __torch__.M, layer: int, x: Tensor, slots: Tensor, cos: List[Tensor], sin: List[Tensor], meta: List[int],
            blocks: List[Tensor], masks: List[Tensor], spans: List[int]) -> Tensor:
    norm = self.first_norm[layer]
    a = self.attention(layer, self.norm(x, norm).to(self.dtype), slots, cos[self.rope[layer]], sin[self.rope[layer]], meta, blocks, masks, spans)
    if self.sandwich[layer]:
      x = x + self.norm(a, norm + 1)
      return x + self.norm(self.mlp(layer, self.norm(x, norm + 2)), norm + 3)
    x = x + a
    return x + self.mlp(layer, self.norm(x, norm + 1))
