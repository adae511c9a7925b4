# The libraries Moirai links, found in the same way by its own build and, installed beside moiraiConfig.cmake, by its users.
set(MOIRAI_BOOST_STATIC ${Boost_USE_STATIC_LIBS})
set(Boost_USE_STATIC_LIBS ON)  # a jump into another stack then costs no detour through the PLT
find_package(Boost 1.74 REQUIRED COMPONENTS context)
set(Boost_USE_STATIC_LIBS ${MOIRAI_BOOST_STATIC})
find_package(Threads REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(prometheus-cpp REQUIRED)
