// Sums a column of doubles, and computes the norms of vectors, over the batches of `reader.arrowStream()`: on a thread of libuv's pool, and
// without a copy of any value.
#include <napi.h>

#include <chrono>
#include <cmath>
#include <vector>

#include "stream.h"

namespace {

using consumer::Owned;
using consumer::Stream;

// The tag of Externals with an ArrowArrayStream: docs/arrow.md of arrow-ckpt.
constexpr napi_type_tag kTag = {0x6172726f775f6172, 0x7261795f73747265};

ArrowArrayStream* StreamOf(const Napi::Value& value) {
  bool tagged = false;
  if (!value.IsExternal() || napi_check_object_type_tag(value.Env(), value, &kTag, &tagged) != napi_ok || !tagged)
    throw Napi::TypeError::New(value.Env(), "not an External with an Arrow stream");
  return value.As<Napi::External<ArrowArrayStream>>().Data();
}

// Eight sums at a time: one would wait for each addition.
double Sum(const double* values, int64_t length) {
  double sums[8] = {};
  int64_t at = 0;
  for (; at + 8 <= length; at += 8)
    for (int lane = 0; lane < 8; lane++) sums[lane] += values[at + lane];
  for (; at < length; at++) sums[0] += values[at];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

double SumColumn(const ArrowArray* array) {
  const double* values = static_cast<const double*>(array->buffers[1]) + array->offset;
  if (array->null_count == 0 || array->buffers[0] == nullptr) return Sum(values, array->length);
  double sum = 0;
  for (int64_t row = 0; row < array->length; row++)
    if (consumer::isValid(array, row)) sum += values[row];
  return sum;
}

double MsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

class Worker : public Napi::AsyncWorker {
 public:
  Worker(const Napi::CallbackInfo& info)
      : AsyncWorker(info.Env()), deferred_(info.Env()), stream_(StreamOf(info[0])), column_(info[1].As<Napi::String>()) {}

  Napi::Promise Promise() { return deferred_.Promise(); }

 protected:
  void OnOK() override { deferred_.Resolve(Result()); }
  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }
  virtual Napi::Value Result() = 0;

  Napi::Promise::Deferred deferred_;
  Stream stream_;
  std::string column_;
};

// { sum, rows, batches, ms, sumMs }: ms of decoding and summing, and of summing alone.
class SumWorker : public Worker {
 public:
  using Worker::Worker;

  void Execute() override {
    const auto start = std::chrono::steady_clock::now();
    auto schema = stream_.schema();
    const int64_t index = consumer::column(schema.get(), column_, "g");
    std::vector<Owned<ArrowArray>> batches;
    for (Owned<ArrowArray> batch; stream_.next(batch);) {
      rows_ += batch->length;
      batches.push_back(std::move(batch));
    }
    const auto decoded = std::chrono::steady_clock::now();
    for (auto& batch : batches) sum_ += SumColumn(batch->children[index]);
    sumMs_ = MsSince(decoded);
    ms_ = MsSince(start);
    batches_ = batches.size();
  }

 protected:
  Napi::Value Result() override {
    Napi::Object result = Napi::Object::New(Env());
    result["sum"] = sum_;
    result["rows"] = static_cast<double>(rows_);
    result["batches"] = static_cast<double>(batches_);
    result["ms"] = ms_;
    result["sumMs"] = sumMs_;
    return result;
  }

 private:
  double sum_ = 0, ms_ = 0, sumMs_ = 0;
  int64_t rows_ = 0;
  size_t batches_ = 0;
};

// A Float64Array: the norm of each vector, NaN where it is null.
class NormsWorker : public Worker {
 public:
  using Worker::Worker;

  void Execute() override {
    auto schema = stream_.schema();
    const int64_t index = consumer::column(schema.get(), column_, "+l");
    const std::string format = schema->children[index]->children[0]->format;
    if (format != "f" && format != "g") throw std::runtime_error("the vectors are not of floats or doubles");
    for (Owned<ArrowArray> batch; stream_.next(batch); batch.get()->release(batch.get())) {
      if (format == "f") Norms<float>(batch->children[index]);
      else Norms<double>(batch->children[index]);
    }
  }

 protected:
  Napi::Value Result() override {
    Napi::Float64Array result = Napi::Float64Array::New(Env(), norms_.size());
    std::copy(norms_.begin(), norms_.end(), result.Data());
    return result;
  }

 private:
  template <typename T>
  void Norms(const ArrowArray* lists) {
    const int32_t* offsets = static_cast<const int32_t*>(lists->buffers[1]) + lists->offset;
    const ArrowArray* items = lists->children[0];
    const T* values = static_cast<const T*>(items->buffers[1]) + items->offset;
    for (int64_t row = 0; row < lists->length; row++) {
      double squares = 0;
      for (int32_t at = offsets[row]; at < offsets[row + 1]; at++) squares += double(values[at]) * double(values[at]);
      norms_.push_back(consumer::isValid(lists, row) ? std::sqrt(squares) : std::nan(""));
    }
  }

  std::vector<double> norms_;
};

template <typename W>
Napi::Value Run(const Napi::CallbackInfo& info) {
  W* worker = nullptr;
  try {
    worker = new W(info);
  } catch (const std::runtime_error& error) {
    throw Napi::Error::New(info.Env(), error.what());
  }
  Napi::Promise promise = worker->Promise();
  worker->Queue();
  return promise;
}

// { sum, ms } of a Float64Array: the bare loop.
Napi::Value SumArray(const Napi::CallbackInfo& info) {
  const auto array = info[0].As<Napi::Float64Array>();
  const auto start = std::chrono::steady_clock::now();
  const double sum = Sum(array.Data(), static_cast<int64_t>(array.ElementLength()));
  const double ms = MsSince(start);
  Napi::Object result = Napi::Object::New(info.Env());
  result["sum"] = sum;
  result["ms"] = ms;
  return result;
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports["sum"] = Napi::Function::New<Run<SumWorker>>(env);
  exports["norms"] = Napi::Function::New<Run<NormsWorker>>(env);
  exports["sumArray"] = Napi::Function::New<SumArray>(env);
  return exports;
}

}  // namespace

NODE_API_MODULE(consumer, Init)
