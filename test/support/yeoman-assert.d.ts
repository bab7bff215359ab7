declare module 'yeoman-assert' {
  const yeomanAssert: {
    /** Every path is there. */
    file(paths: string | readonly string[]): void;
    /** No path is there. */
    noFile(paths: string | readonly string[]): void;
  };
  export default yeomanAssert;
}
