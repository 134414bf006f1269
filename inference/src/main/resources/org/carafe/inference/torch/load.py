  # Loading. Java hands every weight over as raw memory: bf16 under the name of f16, the dtype DJL knows of the same width.

  # The same memory under another dtype of the same width.
  def alias(self: __torch__.M, x: Tensor, source: int) -> Tensor:
    if source == 15:
      return torch.set_(torch.empty([0], dtype=15), x)
    return x

  # A weight as it lies, or converted, on the device: parts are runs of rows.
  def dense_weight(self: __torch__.M, parts: List[Tensor], source: int, dtype: int) -> Tensor:
    like = self.device[0]
    whole = annotate(List[Tensor], [])
    for part in parts:
      whole.append(self.alias(part, source).to(device=like.device, dtype=dtype))
    return whole[0] if len(whole) == 1 else torch.cat(whole, 0)

  def add_embedding(self: __torch__.M, parts: List[Tensor], source: int) -> int:
    self.embedding = [self.dense_weight(parts, source, self.dtype)]
    return 0

  def add_int8_embedding(self: __torch__.M, parts: List[Tensor], source: int) -> int:
    weight, scale = self.int8_weight(parts, source)
    self.embedding = [weight, scale]
    return 0

  def add_norm(self: __torch__.M, parts: List[Tensor], source: int) -> int:
    weight = torch.clone(self.dense_weight(parts, source, 6))
    if self.norm_plus_one:
      weight = weight + 1.0
    width = float(weight.size(0))
    self.norms.append(weight * torch.sqrt(torch.full([], width, dtype=6, device=weight.device)))
    self.norm_floors.append(torch.sqrt(torch.full([], width * self.epsilon, dtype=6, device=weight.device)))
    return 0

  def add_bias(self: __torch__.M, parts: List[Tensor], source: int) -> int:
    self.biases.append(torch.clone(self.dense_weight(parts, source, self.dtype)))
    return 0

  def add_frequencies(self: __torch__.M, x: Tensor) -> int:
    self.frequencies.append(torch.clone(x).to(device=self.device[0].device))
    return 0

  def add_empty_bias(self: __torch__.M) -> int:
    self.biases.append(torch.empty([0], dtype=self.dtype, device=self.device[0].device))
    return 0

  def add_tied_head(self: __torch__.M) -> int:
    self.weights.append(self.embedding[0])
    self.scales.append(self.embedding[-1])
    self.formats.append(len(self.embedding) - 1)
    return 0

  # A router, in float32.
  def add_router(self: __torch__.M, parts: List[Tensor], source: int) -> int:
    weight = torch.clone(self.dense_weight(parts, source, 6))
    self.weights.append(weight)
    self.scales.append(weight)
    self.tiles.append(weight)
    self.tile_scales.append(weight)
    self.formats.append(0)
    return 0

  def add_linear(self: __torch__.M, parts: List[Tensor], source: int, format: int) -> int:
    if format == 0:
      weight = self.dense_weight(parts, source, self.dtype)
      self.weights.append(weight)
      self.scales.append(weight)
    elif format == 1:
      weight, scale = self.int8_weight(parts, source)
      self.weights.append(weight)
      self.scales.append(scale)
    else:
      weight, scale = self.int4_weight(parts, source)
      self.weights.append(weight)
      self.scales.append(scale)
    if len(self.tiles) < len(self.weights):
      self.tiles.append(self.weights[-1])
      self.tile_scales.append(self.scales[-1])
    self.formats.append(format)
    return 0

  # One scale a row: the largest magnitude becomes 127. Tiles stay in the cache and go straight into the finished tensor, so that nothing
  # but the result takes memory.
  def int8_weight(self: __torch__.M, parts: List[Tensor], source: int) -> Tuple[Tensor, Tensor]:
    rows, inputs = self.rows_of(parts), parts[0].size(1)
    weight = torch.empty([rows, inputs], dtype=1)
    scales = torch.empty([rows], dtype=15)
    row = 0
    for part in parts:
      x = self.alias(part, source)
      at = 0
      while at < x.size(0):
        n = min(max(1, self.tile // inputs), x.size(0) - at)
        tile = torch.narrow(x, 0, at, n).to(6, copy=True)  # never the file's own memory
        low, high = torch.aminmax(tile, dim=1)
        scale = (torch.clamp_min(torch.maximum(high, -low), 1e-30) / 127.0).to(15)
        torch.narrow(weight, 0, row, n).copy_(tile.div_(scale.to(6).unsqueeze(1)).round_().clamp_(-127, 127))
        torch.narrow(scales, 0, row, n).copy_(scale)
        at = at + n
        row = row + n
    return weight, scales

  # Scale and zero for each group of inputs, from its smallest and largest value; the kernel computes (q - 8) * scale + zero. Tiles are
  # multiples of 64 rows, since the packed layout interleaves rows.
  def int4_weight(self: __torch__.M, parts: List[Tensor], source: int) -> Tuple[Tensor, Tensor]:
    rows, inputs = self.rows_of(parts), parts[0].size(1)
    weight = torch.empty([rows, inputs // 2], dtype=0)
    scales = torch.empty([inputs // self.group, rows, 2], dtype=15)
    if self.tiled:
      # The same for Java's kernel, as Int4Matrix describes.
      self.tiles.append(torch.empty([rows // 32, inputs // 4, 32], dtype=2))
      self.tile_scales.append(torch.empty([rows // 32, inputs // self.group, 2, 32], dtype=15))
    row = 0
    for part in parts:
      x = self.alias(part, source)
      at = 0
      while at < x.size(0):
        n = min(max(1, self.tile // inputs // 64) * 64, x.size(0) - at)
        tile = torch.narrow(x, 0, at, n).to(6, copy=True).view([n, -1, self.group])
        low, high = torch.aminmax(tile, dim=2, keepdim=True)
        scale = (torch.clamp_min(high - low, 1e-30) / 15.0).to(15)
        zero = (low + scale.to(6) * 8.0).to(15)
        q = tile.sub_(zero.to(6)).div_(scale.to(6)).add_(8.0).round_().clamp_(0, 15).to(3).view([n, -1])
        torch.narrow(weight, 0, row, n).copy_(torch._convert_weight_to_int4pack_for_cpu(q, 1))
        torch.narrow(scales, 1, row, n).copy_(torch.cat([scale, zero], 2).transpose(0, 1))
        if self.tiled:
          four = q.view([n // 32, 32, inputs // 4, 4])
          short = torch.select(four, 3, 0) + torch.select(four, 3, 1) * 16 + torch.select(four, 3, 2) * 256 + torch.select(four, 3, 3) * 4096
          torch.narrow(self.tiles[-1], 0, row // 32, n // 32).copy_(short.transpose(1, 2))
          torch.narrow(self.tile_scales[-1], 0, row // 32, n // 32).copy_(torch.cat([scale, zero], 2).view([n // 32, 32, -1, 2]).permute([0, 2, 3, 1]))
        at = at + n
        row = row + n
    return weight, scales

  # Bytes of all weights. Lists name some memory twice: a tied head is the embedding, and what has no scales or tiles stands in for them.
  def weight_bytes(self: __torch__.M) -> int:
    total = 0
    for x in self.embedding + self.norms + self.biases:
      total = total + x.numel() * x.element_size()
    for i in range(len(self.weights)):
      total = total + self.apart(self.weights[i], self.embedding[0])
      if self.formats[i] > 0:
        total = total + self.apart(self.scales[i], self.embedding[-1])
    for i in range(len(self.tiles)):
      total = total + self.apart(self.tiles[i], self.weights[i]) + self.apart(self.tile_scales[i], self.scales[i])
    return total

  def apart(self: __torch__.M, x: Tensor, other: Tensor) -> int:
    return 0 if x.is_set_to(other) else x.numel() * x.element_size()

  def rows_of(self: __torch__.M, parts: List[Tensor]) -> int:
    rows = 0
    for part in parts:
      rows = rows + part.size(0)
    return rows

  # KV of every layer; pages of the CPU's memory come in when first written.
  def allocate(self: __torch__.M, blocks: int) -> int:
    like = self.device[0]
    for layer in range(self.layers):
      heads, width = self.kv_heads[layer], self.head_dim[layer]
      cache = torch.empty([blocks * self.block_tokens, 2, heads, width], dtype=self.dtype, device=like.device)
      self.cache.append(cache)
      self.cache_blocks.append(cache.view([blocks, self.block_tokens * 2 * heads * width]))
    return 0

  def connect(self: __torch__.M, inbox: Tensor, tokens: Tensor, logits: Tensor) -> int:
    self.inbox = [inbox]
    self.tokens_out = [tokens]
    self.logits_out = [logits]
    return 0

  def place(self: __torch__.M, x: Tensor) -> int:
    self.device = [x]
    return 0

  # The first element of a tensor that Java reads where it lies; DecoderMemory knows the kinds.
  def memory(self: __torch__.M, kind: int, index: int) -> Tensor:
    if kind == 0:
      x = self.weights[index]
    elif kind == 1:
      x = self.scales[index]
    elif kind == 2:
      x = self.biases[index]
    elif kind == 3:
      x = self.norms[index]
    elif kind == 4:
      x = self.embedding[index]
    elif kind == 5:
      x = self.frequencies[index]
    elif kind == 6:
      x = self.cache[index]
    elif kind == 7:
      x = self.tiles[index]
    else:
      x = self.tile_scales[index]
    return torch.narrow(x.view([-1]), 0, 0, 1) if x.numel() > 0 else x

  def format(self: __torch__.M, index: int) -> int:
    return self.formats[index]

  def embedding_parts(self: __torch__.M) -> int:
    return len(self.embedding)
