// How a process that must end is unwound. A throw walks the frames twice, first to find who catches it; but a ProcessExit is always caught, by
// the first frame of the process. So with libstdc++ this is the second walk alone (_Unwind_ForcedUnwind, as for a cancelled thread), with an
// exception of the usual kind, which can be caught, counted and thrown again. A kill costs half as much.
#pragma once
#include <unwind.h>

#include <exception>
#include <typeinfo>

#include "runtime/kernel/fiber.hpp"
#include "runtime/kernel/thrown.hpp"

#if MOIRAI_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace moirai {

#ifdef __GLIBCXX__
namespace detail {
inline _Unwind_Reason_Code unwind_on(int, _Unwind_Action actions, _Unwind_Exception_Class, _Unwind_Exception*, _Unwind_Context*, void*) {
  if (actions & _UA_END_OF_STACK) std::terminate();
  return _URC_NO_REASON;
}
}  // namespace detail

// Inline: every frame costs.
[[noreturn, gnu::always_inline]] inline void throw_process_exit() {
  void* const object = abi::__cxa_allocate_exception(sizeof(void*));
  auto* const header = abi::__cxa_init_primary_exception(object, const_cast<std::type_info*>(&typeid(ProcessExit)), nullptr);
  auto* const unwound = static_cast<_Unwind_Exception*>(object) - 1;
  *reinterpret_cast<int*>(header) = 1;  // its first field counts references
  reinterpret_cast<void**>(unwound)[-1] =
      object;  // its last field: what a `catch (const ProcessExit&)` refers to; a throw sets it on its first walk
  ++exception_state()->uncaught;
#if MOIRAI_ASAN
  __asan_handle_no_return();  // it knows of throws, not of this
#endif
  _Unwind_ForcedUnwind(unwound, detail::unwind_on, nullptr);
  std::terminate();
}
#else
[[noreturn]] inline void throw_process_exit() { throw ProcessExit{}; }
#endif

}  // namespace moirai
