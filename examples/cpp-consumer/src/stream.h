// A C stream of Arrow with an owner: released exactly once, whatever happens.
#pragma once
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include "arrow_abi.h"

namespace consumer {

// A batch or a schema that is released when it goes.
template <typename T>
class Owned {
 public:
  Owned() { std::memset(&value_, 0, sizeof(T)); }
  Owned(Owned&& other) noexcept : value_(other.value_) { other.value_.release = nullptr; }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() {
    if (value_.release != nullptr) value_.release(&value_);
  }
  T* get() { return &value_; }
  T* operator->() { return &value_; }

 private:
  T value_;
};

class Stream {
 public:
  // Moves the stream out of the struct of an External, whose finaliser then finds nothing to release.
  explicit Stream(ArrowArrayStream* from) {
    *stream_.get() = *from;
    from->release = nullptr;
    if (stream_->release == nullptr) throw std::runtime_error("the stream was taken before");
  }

  Owned<ArrowSchema> schema() {
    Owned<ArrowSchema> schema;
    check(stream_->get_schema(stream_.get(), schema.get()));
    return schema;
  }

  // The next batch; false after the last. It blocks: call it off JavaScript's thread.
  bool next(Owned<ArrowArray>& batch) {
    check(stream_->get_next(stream_.get(), batch.get()));
    return batch->release != nullptr;
  }

 private:
  void check(int status) {
    if (status == 0) return;
    const char* message = stream_->get_last_error(stream_.get());
    throw std::runtime_error(message != nullptr ? message : "the stream failed");
  }

  Owned<ArrowArrayStream> stream_;
};

// The number of the column of this name and format.
inline int64_t column(ArrowSchema* schema, const std::string& name, const char* format) {
  for (int64_t index = 0; index < schema->n_children; index++) {
    ArrowSchema* child = schema->children[index];
    if (name != child->name) continue;
    if (std::strcmp(child->format, format) != 0)
      throw std::runtime_error("column '" + name + "' is of the format " + child->format + ", not " + format);
    return index;
  }
  throw std::runtime_error("there is no column '" + name + "'");
}

inline bool isValid(const ArrowArray* array, int64_t row) {
  const auto* bits = static_cast<const uint8_t*>(array->buffers[0]);
  const int64_t at = array->offset + row;
  return bits == nullptr || ((bits[at >> 3] >> (at & 7)) & 1) != 0;
}

}  // namespace consumer
