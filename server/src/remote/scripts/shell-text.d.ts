/** The bundler and the tests import the scripts for the remote side as text. */
declare module "*.sh" {
  const text: string;
  export default text;
}
