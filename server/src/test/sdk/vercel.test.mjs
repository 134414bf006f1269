// The Vercel AI SDK against a running Carafe: BASE_URL, API_KEY and MODEL come from the environment.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, generateText, streamText } from "ai";

const provider = (apiKey) => createOpenAICompatible({ name: "carafe", baseURL: process.env.BASE_URL, apiKey, includeUsage: true });
const carafe = provider(process.env.API_KEY);
const request = {
  model: carafe(process.env.MODEL),
  prompt: "Say something.",
  maxOutputTokens: 24,
  temperature: 0.8,
  seed: 7,
  maxRetries: 0,
};

test("generateText returns text, a finish reason and usage", async () => {
  const result = await generateText(request);
  assert.ok(result.text.length > 0);
  assert.ok(["stop", "length"].includes(result.finishReason));
  assert.ok(result.usage.inputTokens > 0 && result.usage.outputTokens > 0);
});

test("streamText yields the same text as generateText", async () => {
  const whole = await generateText(request);
  const result = streamText(request);
  let text = "";
  for await (const delta of result.textStream) text += delta;
  assert.equal(text, whole.text);
  assert.equal((await result.usage).outputTokens, whole.usage.outputTokens);
});

test("a wrong key surfaces as a 401 with the server's message", async () => {
  await assert.rejects(generateText({ ...request, model: provider("sk-wrong")(process.env.MODEL) }), (error) => {
    assert.ok(APICallError.isInstance(error));
    assert.equal(error.statusCode, 401);
    assert.ok(JSON.parse(error.responseBody).error.message.length > 0);
    return true;
  });
});

const running = async () => {
  const metrics = await (await fetch(process.env.BASE_URL.replace(/\/v1$/, "/metrics"))).text();
  const gauge = (name) => Number(metrics.match(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, "m"))[1]);
  return gauge("vllm:num_requests_running") + gauge("vllm:num_requests_waiting");
};

test("aborting a stream frees its place in the engine", async () => {
  const controller = new AbortController();
  // More than the server makes while this test waits.
  const maxOutputTokens = Number(process.env.ENDLESS_TOKENS);
  const providerOptions = { carafe: { ignore_eos: true } };
  const result = streamText({ ...request, maxOutputTokens, providerOptions, abortSignal: controller.signal, onError: () => {} });
  let seen = 0;
  try {
    for await (const delta of result.textStream) {
      seen += delta.length;
      if (!controller.signal.aborted) assert.ok((await running()) > 0, "it runs");
      controller.abort();
    }
  } catch (error) {
    assert.equal(error.name, "AbortError");
  }
  assert.ok(seen > 0);
  const deadline = Date.now() + 30_000;
  while ((await running()) > 0) {
    assert.ok(Date.now() < deadline, "nothing runs within 30 s");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});
