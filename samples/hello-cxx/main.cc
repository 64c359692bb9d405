// SPDX-License-Identifier: BSD-3-Clause
// What C++ needs from below: static constructors and destructors, exceptions, run-time types, iostream, containers.
#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <vector>

namespace {

struct Announcer {
    explicit Announcer(const char *name) : name_(name) { std::cout << "constructed " << name_ << '\n'; }
    ~Announcer() { std::cout << "destroyed " << name_ << std::endl; }

private:
    const char *name_;
};

Announcer before_main("before main");

struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
};

struct Square : Shape {
    explicit Square(double side) : side(side) {}
    double area() const override { return side * side; }
    double side;
};

struct Circle : Shape {
    explicit Circle(double radius) : radius(radius) {}
    double area() const override { return 3 * radius * radius; }
    double radius;
};

int checked_index(const std::vector<int> &values, std::size_t index)
{
    Announcer unwound("on the way out");
    return values.at(index);
}

void show_exceptions()
{
    std::vector<int> values{3, 1, 2};
    std::sort(values.begin(), values.end());
    try {
        std::cout << "value " << checked_index(values, 2) << '\n';
        std::cout << "value " << checked_index(values, 7) << '\n';
    } catch (const std::out_of_range &) {
        std::cout << "caught out_of_range\n";
    }
    try {
        try {
            throw std::runtime_error("inner");
        } catch (...) {
            std::throw_with_nested(std::logic_error("outer"));
        }
    } catch (const std::logic_error &error) {
        std::cout << "caught " << error.what() << '\n';
    }
}

void show_types()
{
    std::vector<std::unique_ptr<Shape>> shapes;
    shapes.push_back(std::make_unique<Square>(2));
    shapes.push_back(std::make_unique<Circle>(1));
    for (const auto &shape : shapes) {
        const bool is_square = dynamic_cast<const Square *>(shape.get()) != nullptr;
        std::cout << (is_square ? "square" : "no square") << " of area " << shape->area() << '\n';
    }
    const Shape &first = *shapes[0], &second = *shapes[1];
    std::cout << "types differ: " << std::boolalpha << (typeid(first) != typeid(second)) << '\n';
}

} // namespace

int main()
{
    std::map<std::string, int> words;
    for (const char *word : {"one", "two", "one"})
        ++words[word];
    for (const auto &[word, count] : words)
        std::cout << word << ' ' << count << '\n';
    show_exceptions();
    show_types();
    return 0;
}
