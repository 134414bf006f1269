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
    self.norms.append(weight + 1.0 if self.norm_plus_one else weight)
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
    self.formats.append(format)
    return 0

  # One scale a row: the largest magnitude becomes 127. Tiles of rows bound the float32 copies.
  def int8_weight(self: __torch__.M, parts: List[Tensor], source: int) -> Tuple[Tensor, Tensor]:
    weights = annotate(List[Tensor], [])
    scales = annotate(List[Tensor], [])
    for part in parts:
      x = self.alias(part, source)
      at = 0
      while at < x.size(0):
        n = min(1024, x.size(0) - at)
        tile = torch.narrow(x, 0, at, n).to(6)
        scale = torch.clamp_min(torch.amax(torch.abs(tile), [1], True), 1e-30) / 127.0
        scale = scale.to(15)
        weights.append(torch.clamp(torch.round(tile / scale.to(6)), -127, 127).to(1))
        scales.append(scale.squeeze(1))
        at = at + n
    return torch.cat(weights, 0), torch.cat(scales, 0)

  # Scale and zero for each group of inputs, from its smallest and largest value; the kernel computes (q - 8) * scale + zero.
  def int4_weight(self: __torch__.M, parts: List[Tensor], source: int) -> Tuple[Tensor, Tensor]:
    weights = annotate(List[Tensor], [])
    scales = annotate(List[Tensor], [])
    for part in parts:
      x = self.alias(part, source)
      at = 0
      while at < x.size(0):
        n = min(1024, x.size(0) - at)
        tile = torch.narrow(x, 0, at, n).to(6).view([n, -1, self.group])
        low = torch.amin(tile, [2], True)
        scale = (torch.clamp_min(torch.amax(tile, [2], True) - low, 1e-30) / 15.0).to(15)
        zero = (low + scale.to(6) * 8.0).to(15)
        q = torch.clamp(torch.round((tile - zero.to(6)) / scale.to(6)) + 8.0, 0, 15).to(3).view([n, -1])
        weights.append(torch._convert_weight_to_int4pack_for_cpu(q, 1))
        scales.append(torch.cat([scale, zero], 2).transpose(0, 1))
        at = at + n
    return torch.cat(weights, 0), torch.cat(scales, 1).contiguous()

  # k and v of every layer; pages of the CPU's memory come in when first written.
  def allocate(self: __torch__.M, blocks: int) -> int:
    like = self.device[0]
    for layer in range(self.layers):
      shape = [blocks * self.block_tokens, self.kv_heads[layer], self.head_dim[layer]]
      self.keys.append(torch.empty(shape, dtype=self.dtype, device=like.device))
      self.values.append(torch.empty(shape, dtype=self.dtype, device=like.device))
    return 0

  def connect(self: __torch__.M, inbox: Tensor, tokens: Tensor, logits: Tensor) -> int:
    self.inbox = [inbox]
    self.tokens_out = [tokens]
    self.logits_out = [logits]
    return 0

  def place(self: __torch__.M, x: Tensor) -> int:
    self.device = [x]
    return 0
