# The forward pass of every family, in TorchScript. ProgramSource joins the files of this folder into one class and ProgramArchive
# packs it for DJL; ProgramSettings fills the attributes from a ModelSpec, WeightLoader the weights. Nothing here knows a family.
#
# Shapes: R rows (one token each, of any sequence), E hidden, H query heads, G key/value heads, D head width, B KV blocks,
# T tokens of a block. dtype numbers are PyTorch's: 15 bf16, 6 f32, 4 int64, 3 int32, 1 int8.
class M(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  # the model
  layers : int
  dtype : int
  epsilon : float
  norm_plus_one : bool
  embedding_scale : float
  logit_softcap : float
  vocabulary : int
  # each layer
  heads : List[int]
  kv_heads : List[int]
  head_dim : List[int]
  scale : List[float]
  softcap : List[float]
  view : List[int]          # index into windows
  rope : List[int]          # index into frequencies
  qk_norm : List[bool]
  sandwich : List[bool]
  experts : List[int]       # 0: one gated MLP
  experts_used : List[int]
  activation : List[int]    # 0 silu, 1 gelu by tanh, 2 gelu by erf
  first_linear : List[int]  # index of the query projection among the linears
  first_norm : List[int]    # index of the layer's first norm
  # attention
  windows : List[int]       # each window in use, once; 0: none
  block_tokens : int
  # weights
  embedding : List[Tensor]    # [vocabulary, E], and its scales a row where it is int8
  norms : List[Tensor]        # f32 [width], times sqrt(width)
  norm_floors : List[Tensor]  # f32 [], sqrt(width * epsilon)
  weights : List[Tensor]      # linears; the output head is the last
  scales : List[Tensor]       # of quantized linears, else empty
  biases : List[Tensor]       # [0] where there is none
  formats : List[int]         # 0 dense, 1 int8 with a scale a row, 2 int4 with scale and zero a group
  tiled : bool                # int4 is held for Java's kernel too
  tiles : List[Tensor]        # of each linear but the head: int16 [rows / 32, inputs / 4, 32] where it is int4, else its weight
  tile_scales : List[Tensor]  # bf16 [rows / 32, groups, 2, 32]
  packed : List[Tensor]       # copies of the first so many linears in the kernels' own layout
  frequencies : List[Tensor]  # f32 [D / 2]
  group : int                 # inputs that share an int4 scale
  tile : int                  # elements that are quantized at a time
  quantized_rows : int        # up to here the kernels that read quantized weights; above, bf16 tiles
  # memory of each layer: keys and values side by side, [B * T, 2, G, D], and the same as blocks, [B, T * 2 * G * D]
  cache : List[Tensor]
  cache_blocks : List[Tensor]
  # buffers that Java reads and writes, and hidden states that wait for logits
  inbox : List[Tensor]        # int64 [..]
  tokens_out : List[Tensor]   # int64 [..]
  logits_out : List[Tensor]   # f32 [rows, vocabulary]
  hidden : List[Tensor]       # [selected rows, E]
  device : List[Tensor]       # an empty tensor on the device of the weights
