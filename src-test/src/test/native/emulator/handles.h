// The living objects of one kind, so that a stale or foreign handle is refused and not followed.
#pragma once

#include <set>

namespace cuemu {
template <class T>
class Handles {
 public:
  T* add(T* object) {
    living.insert(object);
    return object;
  }
  // Null where no such object lives.
  T* find(const void* handle) const {
    T* object = const_cast<T*>(static_cast<const T*>(handle));
    return living.count(object) != 0 ? object : nullptr;
  }
  void destroy(T* object) {
    living.erase(object);
    delete object;
  }
  const std::set<T*>& all() const { return living; }

 private:
  std::set<T*> living;
};
}  // namespace cuemu
