/** Light, dark, or as the system has it. */
import { APPEARANCES, type Appearance, appearance } from './appearance.ts';

export function AppearanceChoice() {
  return (
    <select
      class="appearance"
      aria-label="Appearance"
      value={appearance.value}
      onChange={(event) => {
        appearance.value = event.currentTarget.value as Appearance;
      }}
    >
      {APPEARANCES.map((name) => (
        <option key={name} value={name}>
          {name === 'system' ? 'as the system' : name}
        </option>
      ))}
    </select>
  );
}
