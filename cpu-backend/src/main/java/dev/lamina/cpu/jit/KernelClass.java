package dev.lamina.cpu.jit;

import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.SourceFileAttribute;
import java.lang.constant.ClassDesc;
import java.util.function.Consumer;

/** What the classes of all kernels have. */
final class KernelClass {
  private KernelClass() {}

  /**
   * A final class with a constructor without arguments, whose source is the text of its formula.
   *
   * @param methods adds the methods
   */
  static byte[] of(ClassDesc name, ClassDesc superclass, Consumer<ClassBuilder> methods) {
    return ClassFile.of()
        .build(
            name,
            c -> {
              c.withFlags(ClassFile.ACC_FINAL)
                  .withSuperclass(superclass)
                  .with(SourceFileAttribute.of(KernelCache.SOURCE))
                  .withMethodBody(
                      "<init>",
                      MTD_void,
                      ClassFile.ACC_PUBLIC,
                      b -> b.aload(0).invokespecial(superclass, "<init>", MTD_void).return_());
              methods.accept(c);
            });
  }
}
