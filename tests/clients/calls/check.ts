// Addresses and checks of the ten calls; each prints one line.
export const base: string = process.env["BASE"] ?? "";
export const key: string = process.env["KEY"] ?? "";
export const day = "2025-12-23";

export function check(operation: string, isRight: boolean): void {
  if (!isRight) throw new Error(`${operation}: the answer is not right`);
  console.log(`ok ${operation}`);
}
