// The official `openai` package against a running Carafe: BASE_URL, API_KEY and MODEL come from the environment.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";

const model = process.env.MODEL;
const client = new OpenAI({ baseURL: process.env.BASE_URL, apiKey: process.env.API_KEY, maxRetries: 0 });
const messages = [{ role: "user", content: "Say something." }];
const request = { model, messages, max_tokens: 24, seed: 7, temperature: 0.8 };

// More than the server makes while these tests wait: a request of so many ends early only because it was cancelled.
const endless = Number(process.env.ENDLESS_TOKENS);

const running = async () => {
  const metrics = await (await fetch(process.env.BASE_URL.replace(/\/v1$/, "/metrics"))).text();
  const gauge = (name) => Number(metrics.match(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, "m"))[1]);
  return gauge("vllm:num_requests_running") + gauge("vllm:num_requests_waiting");
};

const eventually = async (what, condition) => {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, `${what} within 30 s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

test("a chat completion has text, a finish reason and usage", async () => {
  const completion = await client.chat.completions.create(request);
  assert.equal(completion.object, "chat.completion");
  assert.match(completion.id, /^chatcmpl-/);
  assert.equal(completion.choices[0].message.role, "assistant");
  assert.ok(completion.choices[0].message.content.length > 0);
  assert.ok(["stop", "length"].includes(completion.choices[0].finish_reason));
  assert.ok(completion.usage.prompt_tokens > 0);
  assert.ok(completion.usage.completion_tokens > 0 && completion.usage.completion_tokens <= 24);
  assert.equal(completion.usage.total_tokens, completion.usage.prompt_tokens + completion.usage.completion_tokens);
});

test("a stream is the same text as no stream", async () => {
  const whole = await client.chat.completions.create(request);
  const stream = await client.chat.completions.create({ ...request, stream: true, stream_options: { include_usage: true } });
  let text = "";
  let finish = null;
  let usage = null;
  let role = null;
  for await (const chunk of stream) {
    assert.equal(chunk.object, "chat.completion.chunk");
    if (chunk.usage) usage = chunk.usage;
    for (const choice of chunk.choices) {
      role ??= choice.delta.role;
      text += choice.delta.content ?? "";
      finish ??= choice.finish_reason;
    }
  }
  assert.equal(role, "assistant");
  assert.equal(text, whole.choices[0].message.content);
  assert.equal(finish, whole.choices[0].finish_reason);
  assert.equal(usage.completion_tokens, whole.usage.completion_tokens);
});

test("the stream helper assembles the final completion", async () => {
  const runner = client.chat.completions.stream(request);
  const final = await runner.finalChatCompletion();
  assert.ok(final.choices[0].message.content.length > 0);
});

test("several choices and log-probabilities arrive", async () => {
  const completion = await client.chat.completions.create({ ...request, n: 3, logprobs: true, top_logprobs: 2 });
  assert.deepEqual(completion.choices.map((choice) => choice.index), [0, 1, 2]);
  for (const choice of completion.choices) {
    assert.ok(choice.logprobs.content.length > 0);
    for (const token of choice.logprobs.content) {
      assert.ok(token.logprob <= 0);
      assert.equal(token.top_logprobs.length, 2);
    }
  }
});

test("text completions work, streamed and not", async () => {
  const prompt = { model, prompt: "Once upon a time", max_tokens: 16, seed: 3, temperature: 0.8 };
  const whole = await client.completions.create(prompt);
  let text = "";
  for await (const chunk of await client.completions.create({ ...prompt, stream: true })) {
    text += chunk.choices[0]?.text ?? "";
  }
  assert.equal(text, whole.choices[0].text);
  assert.equal(whole.object, "text_completion");
});

test("models are listed and found", async () => {
  const ids = [];
  for await (const entry of client.models.list()) ids.push(entry.id);
  assert.ok(ids.includes(model));
  assert.equal((await client.models.retrieve(model)).id, model);
});

test("a wrong key is an authentication error", async () => {
  const stranger = new OpenAI({ baseURL: process.env.BASE_URL, apiKey: "sk-wrong", maxRetries: 0 });
  await assert.rejects(stranger.chat.completions.create(request), (error) => {
    assert.ok(error instanceof OpenAI.AuthenticationError);
    assert.equal(error.code, "invalid_api_key");
    return true;
  });
});

test("a field out of range is a bad request that names it", async () => {
  await assert.rejects(client.chat.completions.create({ ...request, temperature: 9 }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.param, "temperature");
    return true;
  });
});

test("an unknown model is not found", async () => {
  await assert.rejects(client.chat.completions.create({ ...request, model: "no-such-model" }), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.equal(error.code, "model_not_found");
    return true;
  });
});

test("aborting a stream frees its place in the engine", async () => {
  const stream = await client.chat.completions.create({ ...request, max_tokens: endless, ignore_eos: true, stream: true });
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta?.content) break;
  }
  stream.controller.abort();
  await eventually("nothing runs", async () => (await running()) === 0);
});

test("aborting a request that does not stream frees its place too", async () => {
  const controller = new AbortController();
  const pending = client.chat.completions.create({ ...request, max_tokens: endless, ignore_eos: true }, { signal: controller.signal });
  const rejected = assert.rejects(pending, OpenAI.APIUserAbortError);
  await eventually("it runs", async () => (await running()) > 0);
  controller.abort();
  await rejected;
  await eventually("nothing runs", async () => (await running()) === 0);
});
